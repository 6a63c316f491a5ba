/** From runs to the parts of a message: the events that it covers wait no longer; what is left of their runs does. */
import type { Insertable, Selectable } from 'kysely';
import type { EventPlace } from '../contract.ts';
import type { MessagePartTable, RunTable } from '../schema.ts';
import type { Database } from './database.ts';
import { runKept } from './kept-statements.ts';
import { inPaddedChunks } from './rows.ts';
import { deleteRuns, insertRuns, type Range, without } from './runs.ts';

/** A part of a message, but for its message and its place in it. */
export type Part = Omit<Insertable<MessagePartTable>, 'message_id' | 'ordinal'>;

/**
 * Takes the events at these places out of the lane: the parts of the message that covers them. Undefined, and nothing done, if some of
 * them were told by another lane since the caller read them: a fallback, or the lane that it stands in for.
 */
export async function takeOutOfRuns(
  db: Database,
  laneId: number,
  places: readonly EventPlace[],
): Promise<Part[] | undefined> {
  const ranges = toRanges(places);
  const runs = await runsOf(db, laneId, ranges);
  const parts: Part[] = [];
  for (const { rank, piece, first, last } of ranges) {
    const run = runs.find(
      (one) => one.rank === rank && one.piece_id === piece && one.first <= first && one.last >= last,
    );
    if (run === undefined) return undefined;
    const { waiting_since, fallback_of, handed_to } = run;
    parts.push({ rank, piece_id: piece, first, last, waiting_since, fallback_of, handed_to });
  }
  await deleteRuns(db, runs);
  await insertRuns(
    db,
    runs.flatMap((run) =>
      without(
        run,
        parts.filter((part) => part.piece_id === run.piece_id && part.rank === run.rank),
      ).map((rest) => ({ ...run, ...rest })),
    ),
  );
  return parts;
}

/** Consecutive events of one run. */
interface RunRange extends Range {
  readonly rank: number;
  readonly piece: number;
  readonly runFirst: number;
}

function toRanges(places: readonly EventPlace[]): RunRange[] {
  const ranges: RunRange[] = [];
  for (const { rank, piece, runFirst, index } of places) {
    const before = ranges.at(-1);
    if (before?.piece === piece && before.runFirst === runFirst && before.last + 1 === index) {
      ranges[ranges.length - 1] = { ...before, last: index };
    } else {
      ranges.push({ rank, piece, runFirst, first: index, last: index });
    }
  }
  return ranges;
}

/** All runs of the pieces, in the ranks, that the ranges lie in. */
async function runsOf(
  db: Database,
  laneId: number,
  ranges: readonly RunRange[],
): Promise<Selectable<RunTable>[]> {
  const ranks = [...new Set(ranges.map(({ rank }) => rank))];
  const runs: Selectable<RunTable>[] = [];
  for (const pieces of inPaddedChunks([...new Set(ranges.map(({ piece }) => piece))])) {
    const found = await runKept(db, `runs of ${pieces.length} pieces in ${ranks.length} ranks`, {
      build: () =>
        db
          .selectFrom('run')
          .selectAll()
          .where('lane_id', '=', laneId)
          .where('rank', 'in', ranks)
          .where('piece_id', 'in', pieces)
          .compile(),
      parameters: [laneId, ...ranks, ...pieces],
    });
    runs.push(...found);
  }
  return runs;
}
