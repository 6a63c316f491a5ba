/** What an operation is given: a connection, inside a transaction if it writes. Operations never begin or commit one. */
import type { Kysely, Selectable } from 'kysely';
import type { LaneTable, OutboxTables } from '../schema.ts';

/** The outbox's tables on either engine. */
export type Database = Kysely<OutboxTables>;

/** The lane's row. A lane that was never registered is a bug of ours, not a state of the store. */
export async function laneByName(db: Database, name: string): Promise<Selectable<LaneTable>> {
  const lane = await db.selectFrom('lane').selectAll().where('name', '=', name).executeTakeFirst();
  if (lane === undefined) throw new Error(`lane ${name} was never registered`);
  return lane;
}
