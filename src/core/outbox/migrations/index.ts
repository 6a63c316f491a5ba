/**
 * The outbox's migrations in their order, and the step that brings a database up to date. Kysely's Migrator keeps the version (the
 * names of the applied migrations) in the database itself.
 */
import { type Kysely, sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration';
import { NotifierdError } from '../../errors.ts';
import type { OutboxTables } from '../schema.ts';
import * as first from './0001-first.ts';

const MIGRATIONS: Readonly<Record<string, Migration>> = { '0001-first': first };

/** Applies what is missing. Throws `outbox_newer` when the database was written by a newer notifierd. */
export async function migrate(db: Kysely<OutboxTables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && /corrupted migrations/.test(error.message)) throw newerOutbox();
  throw error;
}

/** Changes nothing. Throws `outbox_newer` or `outbox_older` unless the database is just as this version writes it. */
export async function requireCurrent(db: Kysely<OutboxTables>): Promise<void> {
  const applied = await readApplied(db);
  if (applied.some((name) => !Object.hasOwn(MIGRATIONS, name))) throw newerOutbox();
  if (applied.length === Object.keys(MIGRATIONS).length) return;
  throw new NotifierdError(
    'outbox_older',
    applied.length === 0
      ? 'the file holds no outbox of notifierd'
      : 'the outbox was last written by an older version of notifierd',
    'start notifierd serve of this version on it once, or name another file in outbox.url',
  );
}

async function readApplied(db: Kysely<OutboxTables>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === DEFAULT_MIGRATION_TABLE)) return [];
  const { rows } = await sql<{
    name: string;
  }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db);
  return rows.map((row) => row.name);
}

function newerOutbox(): NotifierdError {
  return new NotifierdError(
    'outbox_newer',
    'the outbox was written by a newer version of notifierd',
    'run that version, or move the file away to start with an empty outbox',
  );
}
