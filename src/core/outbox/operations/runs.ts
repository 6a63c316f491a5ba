/** Runs and the events in them: taken out when they are sealed, expire or were told elsewhere; what is left on either side stays. */
import { type Insertable, type Selectable, sql } from 'kysely';
import type { LaneTable, RunTable } from '../schema.ts';
import type { Database } from './database.ts';
import { runKept, valuesOf } from './kept-statements.ts';
import { inChunks } from './rows.ts';

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

/** What others leave of a range, in order. */
export function without(range: Range, others: readonly Range[]): Range[] {
  let rest: Range[] = [{ first: range.first, last: range.last }];
  for (const other of others) {
    rest = rest.flatMap(({ first, last }) => {
      if (other.last < first || last < other.first) return [{ first, last }];
      const [before, after] = [
        { first, last: other.first - 1 },
        { first: other.last + 1, last },
      ];
      return [before, after].filter((part) => part.first <= part.last);
    });
  }
  return rest;
}

/** Takes a range out of a run that holds it. */
export async function cutOut(db: Database, run: Selectable<RunTable>, range: Range): Promise<void> {
  await deleteRuns(db, [run]);
  await insertRuns(
    db,
    without(run, [range]).map((rest) => ({ ...run, ...rest })),
  );
}

/** Removes runs of one lane. */
export async function deleteRuns(db: Database, runs: readonly Selectable<RunTable>[]): Promise<void> {
  for (const chunk of inChunks(runs)) {
    await runKept(db, `delete ${chunk.length} runs`, {
      build: () =>
        db
          .deleteFrom('run')
          .where(({ and, eb, or }) =>
            or(
              chunk.map(({ lane_id, rank, piece_id, first }) =>
                and([
                  eb('lane_id', '=', lane_id),
                  eb('rank', '=', rank),
                  eb('piece_id', '=', piece_id),
                  eb('first', '=', first),
                ]),
              ),
            ),
          )
          .compile(),
      parameters: chunk.flatMap(({ lane_id, rank, piece_id, first }) => [lane_id, rank, piece_id, first]),
    });
  }
}

/** Adds runs. */
export async function insertRuns(db: Database, runs: readonly Insertable<RunTable>[]): Promise<void> {
  for (const chunk of inChunks(runs)) {
    await runKept(db, `runs ${Object.keys(chunk[0] ?? {})} ${chunk.length}`, {
      build: () => db.insertInto('run').values(chunk).compile(),
      parameters: valuesOf(chunk),
    });
  }
}

/** Events that have left a lane for good, or come into it (a negative number): the lane counts them, and the delivery if it was one. */
export async function leaveLane(
  db: Database,
  laneId: number,
  events: number,
  noted: LaneNote = {},
): Promise<void> {
  if (events === 0) return;
  await runKept(db, `leave a lane ${Object.keys(noted)}`, {
    build: () =>
      db
        .updateTable('lane')
        .set((eb) => ({
          waiting: eb('waiting', '-', events),
          // An empty lane ends the storm.
          storm_parts: eb.case().when('waiting', '<=', events).then(0).else(eb.ref('storm_parts')).end(),
          ...noted,
          ...(noted.last_success_at === undefined ? {} : { deliveries: sql<number>`deliveries + 1` }),
        }))
        .where('id', '=', laneId)
        .compile(),
    parameters: [events, events, ...Object.values(noted), laneId],
  });
}

/** What is noted of a lane in the same statement. */
export type LaneNote = Partial<Pick<Selectable<LaneTable>, 'last_success_at'>>;
