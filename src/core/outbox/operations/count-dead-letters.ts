/** How many dead letters each lane has, and the latest of them: counted in an index of their own, however many messages there are. */
import { sql } from 'kysely';
import type { LaneReading } from '../contract.ts';
import type { Database } from './database.ts';

/** The dead letters of a lane, as a reading tells of them. */
export type DeadLetterCount = Pick<LaneReading, 'deadLetters' | 'lastDeadLetter'>;

/** By the ids of the lanes that have any. */
export async function countDeadLetters(db: Database): Promise<ReadonlyMap<number, DeadLetterCount>> {
  const rows = await db
    .selectFrom('message')
    .select(({ fn }) => ['lane_id', fn.countAll<number>().as('count'), fn.max('settled_at').as('diedAt')])
    .where('state', '=', sql.lit('dead'))
    .groupBy('lane_id')
    .execute();
  const counts = new Map<number, DeadLetterCount>();
  for (const { lane_id, count, diedAt } of rows) {
    const last = diedAt === null ? undefined : await readDeath(db, lane_id, diedAt);
    const lastDeadLetter = last === undefined ? {} : { lastDeadLetter: last };
    counts.set(lane_id, { deadLetters: Number(count), ...lastDeadLetter });
  }
  return counts;
}

/** Undefined if somebody has decided on it since. */
async function readDeath(
  db: Database,
  laneId: number,
  diedAt: number,
): Promise<DeadLetterCount['lastDeadLetter']> {
  const found = await db
    .selectFrom('message')
    .select('reason')
    .where('lane_id', '=', laneId)
    .where('state', '=', sql.lit('dead'))
    .where('settled_at', '=', diedAt)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  type Reason = NonNullable<DeadLetterCount['lastDeadLetter']>['reason'];
  // Only settle() and expire() write this column.
  return found && { diedAt, reason: (found.reason ?? 'internal') as Reason };
}
