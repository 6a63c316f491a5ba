/** Rows can only be copied as they are between tables of one version. */
import { sql } from 'kysely';
import { DEFAULT_MIGRATION_TABLE } from 'kysely/migration';
import { NotifierdError } from '../../errors.ts';
import type { Database } from '../operations/database.ts';

/** Both were just brought up to date: throws `outbox_newer` if a newer notifierd has been at work on one of them. */
export async function requireSameVersion(source: Database, destination: Database): Promise<void> {
  const [left, right] = [await appliedIn(source), await appliedIn(destination)];
  if (left === right) return;
  throw new NotifierdError(
    'outbox_newer',
    'one of the two outboxes was written by a newer version of notifierd',
    'move it with that version',
  );
}

async function appliedIn(db: Database): Promise<string> {
  const { rows } = await sql<{
    name: string;
  }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(db);
  return rows
    .map(({ name }) => name)
    .sort()
    .join();
}
