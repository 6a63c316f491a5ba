/** What an outbox says of its move to another place. A part of migration 0001-first: once that is released, it never changes. */
import type { Kysely } from 'kysely';

/** Creates the table `move`. */
export async function createMoveTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('move')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('place', 'text', (column) => column.notNull())
    .execute();
}
