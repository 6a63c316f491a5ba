/**
 * The outbox's migrations in their order, and the step that brings a database up to date. Kysely's Migrator keeps the version (the
 * names of the applied migrations) in the database itself.
 */
import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { NotifierdError } from '../../errors.ts';
import type { OutboxTables } from '../schema.ts';
import * as first from './0001-first.ts';

const MIGRATIONS: Readonly<Record<string, Migration>> = { '0001-first': first };

/** Applies what is missing. Throws `outbox_newer` when the database was written by a newer notifierd. */
export async function migrate(db: Kysely<OutboxTables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && /corrupted migrations/.test(error.message)) {
    throw new NotifierdError(
      'outbox_newer',
      'the outbox was written by a newer version of notifierd',
      'run that version, or move the file away to start with an empty outbox',
    );
  }
  throw error;
}
