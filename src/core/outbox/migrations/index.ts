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

/**
 * Applies what is missing. Throws `outbox_newer` when the database was changed by a newer notifierd in a way that this one cannot work
 * with. `schema`: where PostgreSQL keeps the tables.
 */
export async function migrate(db: Kysely<OutboxTables>, schema?: string): Promise<void> {
  const applied = await readApplied(db, schema);
  // A newer version is at work beside this one, and has left us room.
  if (hasOutgrownUs(applied)) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** Changes nothing. Throws `outbox_newer` or `outbox_older` unless this version can work with the database as it is. */
export async function requireCurrent(db: Kysely<OutboxTables>, schema?: string): Promise<void> {
  const applied = await readApplied(db, schema);
  if (hasOutgrownUs(applied) || applied.length === Object.keys(MIGRATIONS).length) return;
  throw new NotifierdError(
    'outbox_older',
    applied.length === 0
      ? 'there is no outbox of notifierd'
      : 'the outbox was last written by an older version of notifierd',
    'start notifierd serve of this version on it once, or name another one in outbox.url',
  );
}

/** A migration with this in its name leaves the tables usable for the version before it: it only adds. */
const EXPANDS = /^\d{4}-expand-/;

/** True if all that is unknown only adds; throws if something else is unknown. */
function hasOutgrownUs(applied: readonly string[]): boolean {
  const unknown = applied.filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (!unknown.every((name) => EXPANDS.test(name))) throw newerOutbox();
  return unknown.length > 0;
}

async function readApplied(db: Kysely<OutboxTables>, schema: string | undefined): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  const isThere = tables.some(
    (table) => table.name === DEFAULT_MIGRATION_TABLE && (schema === undefined || table.schema === schema),
  );
  if (!isThere) return [];
  const { rows } = await sql<{
    name: string;
  }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db);
  return rows.map((row) => row.name);
}

function newerOutbox(): NotifierdError {
  return new NotifierdError(
    'outbox_newer',
    'the outbox was written by a newer version of notifierd',
    'run that version, or name another place in outbox.url to start with an empty outbox',
  );
}
