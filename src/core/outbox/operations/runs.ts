/** Runs and the events in them: taken out when they are sealed, expire or were told elsewhere; what is left on either side stays. */
import type { Insertable, Selectable } from 'kysely';
import type { RunTable } from '../schema.ts';
import type { Database } from './database.ts';

/** Consecutive events of a piece. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** How many events these are. */
export function eventCount(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** The parts of a range that another covers. */
export function overlap(range: Range, other: Range): Range | undefined {
  const first = Math.max(range.first, other.first);
  const last = Math.min(range.last, other.last);
  return first <= last ? { first, last } : undefined;
}

/** Takes a range out of a run that holds it. */
export async function cutOut(db: Database, run: Selectable<RunTable>, { first, last }: Range): Promise<void> {
  await db
    .deleteFrom('run')
    .where('lane_id', '=', run.lane_id)
    .where('rank', '=', run.rank)
    .where('piece_id', '=', run.piece_id)
    .where('first', '=', run.first)
    .execute();
  if (run.first < first) await insertRun(db, { ...run, last: first - 1 });
  if (last < run.last) await insertRun(db, { ...run, first: last + 1 });
}

/** Adds a run. */
export async function insertRun(db: Database, run: Insertable<RunTable>): Promise<void> {
  await db.insertInto('run').values(run).execute();
}

/** Events that have left a lane for good, or come into it (a negative number): the lane counts them. */
export async function leaveLane(db: Database, laneId: number, events: number): Promise<void> {
  if (events === 0) return;
  await db
    .updateTable('lane')
    .set((eb) => ({
      waiting: eb('waiting', '-', events),
      // An empty lane ends the storm.
      storm_parts: eb.case().when('waiting', '<=', events).then(0).else(eb.ref('storm_parts')).end(),
    }))
    .where('id', '=', laneId)
    .execute();
}
