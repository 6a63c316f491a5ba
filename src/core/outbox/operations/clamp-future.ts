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
  await db
    .updateTable('message')
    .set((eb) => ({
      retry_at: eb(eb('retry_at', '-', eb.ref('retry_set_at')), '+', at),
      retry_set_at: at,
    }))
    .where('lane_id', '=', lane.id)
    .where('settled_at', 'is', null)
    .where('retry_set_at', '>', at)
    .execute();
  await db
    .updateTable('attempt')
    .set({ paced_at: at })
    .where('pace_key', '=', lane.pace_key)
    .where('paced_at', '>', at)
    .execute();
}
