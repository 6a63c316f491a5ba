/** What an operation is given: a connection, inside a transaction if it writes. Operations never begin or commit one. */
import type { Kysely, Selectable } from 'kysely';
import { LeaseLostError } from '../../errors.ts';
import type { Lease } from '../lease.ts';
import type { LaneTable, OutboxTables } from '../schema.ts';
import { runKept } from './kept-statements.ts';

/** The outbox's tables on either engine. */
export type Database = Kysely<OutboxTables>;

/** The lane's row. A lane that was never registered is a bug of ours, not a state of the store. */
export async function laneByName(db: Database, name: string): Promise<Selectable<LaneTable>> {
  const [lane] = await runKept(db, 'lane', {
    build: () => db.selectFrom('lane').selectAll().where('name', '=', name).compile(),
    parameters: [name],
  });
  if (lane === undefined) throw new Error(`lane ${name} was never registered`);
  return lane;
}

/** The lane's row, if this is its lease and it is not over. */
export async function leasedLane(
  db: Database,
  { lane: name, epoch }: Lease,
  at: number,
): Promise<Selectable<LaneTable>> {
  const lane = await laneByName(db, name);
  const isOver = lane.lease_until !== null && lane.lease_until <= at;
  if (lane.owner === null || lane.epoch !== epoch || isOver) throw new LeaseLostError(name);
  return lane;
}

/** The ids of these lanes by their names. */
export async function laneIdsByName(
  db: Database,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await runKept(db, `ids of ${names.size} lanes`, {
    build: () =>
      db
        .selectFrom('lane')
        .select(['id', 'name'])
        .where('name', 'in', [...names])
        .compile(),
    parameters: [...names],
  });
  const ids = new Map(rows.map(({ id, name }) => [name, id]));
  for (const name of names) if (!ids.has(name)) throw new Error(`lane ${name} was never registered`);
  return ids;
}
