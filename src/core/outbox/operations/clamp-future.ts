/**
 * After the clock was set back, recorded times lie in the future: taken as they are, they would hold a lane until the clock has caught
 * up. They are rewritten once to count from now, which is why reading a lane may write.
 */
import type { Selectable } from 'kysely';
import type { LaneTable } from '../schema.ts';
import type { Database } from './database.ts';

/** Moves the lane's hold, its unsettled messages' back-off and its pace's starts so that none begins after `at`. */
export async function clampFuture(db: Database, lane: Selectable<LaneTable>, at: number): Promise<void> {
  if (lane.hold_since !== null && lane.hold_since > at) {
    const shift = lane.hold_since - at;
    await db
      .updateTable('lane')
      .set((eb) => ({ hold_since: at, hold_until: eb('hold_until', '-', shift) }))
      .where('id', '=', lane.id)
      .execute();
  }
  await clampBackoffs(db, lane.id, at);
  await clampStarts(db, lane.pace_key, at);
}

// Both look first: an update that finds nothing takes the lock for writing all the same, and fails if another program has written
// since the read began.

async function clampBackoffs(db: Database, laneId: number, at: number): Promise<void> {
  const ahead = await db
    .selectFrom('message')
    .select('id')
    .where('lane_id', '=', laneId)
    .where('settled_at', 'is', null)
    .where('retry_set_at', '>', at)
    .limit(1)
    .executeTakeFirst();
  if (ahead === undefined) return;
  await db
    .updateTable('message')
    .set((eb) => ({
      retry_at: eb(eb('retry_at', '-', eb.ref('retry_set_at')), '+', at),
      retry_set_at: at,
    }))
    .where('lane_id', '=', laneId)
    .where('settled_at', 'is', null)
    .where('retry_set_at', '>', at)
    .execute();
}

async function clampStarts(db: Database, paceKey: string, at: number): Promise<void> {
  const ahead = await db
    .selectFrom('attempt')
    .select('id')
    .where('pace_key', '=', paceKey)
    .where('paced_at', '>', at)
    .limit(1)
    .executeTakeFirst();
  if (ahead === undefined) return;
  await db
    .updateTable('attempt')
    .set({ paced_at: at })
    .where('pace_key', '=', paceKey)
    .where('paced_at', '>', at)
    .execute();
}
