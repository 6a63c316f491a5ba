/**
 * After the clock was set back, recorded times lie in the future: taken as they are, they would hold a lane until the clock has caught
 * up. They are rewritten once to count from now, which is why reading a lane may write.
 */
import type { Selectable } from 'kysely';
import type { LaneCredentialTable, LaneTable } from '../schema.ts';
import type { Database } from './database.ts';
import { runKept } from './kept-statements.ts';

/**
 * Moves the lane's holds, its trouble, its unsettled messages' back-off and its paces' starts so that none begins after `at`. True if
 * anything had to be moved: then what was read before is not so any more.
 */
export async function clampFuture(
  db: Database,
  {
    lane,
    credentials,
    unsettled,
  }: {
    lane: Selectable<LaneTable>;
    credentials: readonly Selectable<LaneCredentialTable>[];
    unsettled: readonly { readonly retry_set_at: number }[];
  },
  at: number,
): Promise<boolean> {
  let moved = await clampTrouble(db, lane, at);
  if (unsettled.some(({ retry_set_at }) => retry_set_at > at)) {
    await clampBackoffs(db, lane.id, at);
    moved = true;
  }
  for (const { pace_key, hold_since } of credentials) {
    if (hold_since !== null && hold_since > at) {
      await db
        .updateTable('lane_credential')
        .set((eb) => ({ hold_since: at, hold_until: eb('hold_until', '-', hold_since - at) }))
        .where('lane_id', '=', lane.id)
        .where('pace_key', '=', pace_key)
        .execute();
      moved = true;
    }
    if (await clampStarts(db, pace_key, at)) moved = true;
  }
  return moved;
}

async function clampTrouble(db: Database, lane: Selectable<LaneTable>, at: number): Promise<boolean> {
  const { trouble_since, trouble_ended_at, retry_at, retry_set_at } = lane;
  const isAhead = [trouble_since, trouble_ended_at, retry_set_at].some((time) => time !== null && time > at);
  if (!isAhead) return false;
  // A wait that began since is as long as it was meant to be.
  const retry =
    retry_set_at === null || retry_set_at <= at
      ? {}
      : { retry_at: at + Math.max(0, (retry_at ?? at) - retry_set_at), retry_set_at: at };
  await db
    .updateTable('lane')
    .set({
      trouble_since: trouble_since === null ? null : Math.min(trouble_since, at),
      trouble_ended_at: trouble_ended_at === null ? null : Math.min(trouble_ended_at, at),
      ...retry,
    })
    .where('id', '=', lane.id)
    .execute();
  return true;
}

async function clampBackoffs(db: Database, laneId: number, at: number): Promise<void> {
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

/** Looks first: an update that finds nothing takes the lock for writing all the same, and fails if another program has written since. */
async function clampStarts(db: Database, paceKey: string, at: number): Promise<boolean> {
  const ahead = await runKept(db, 'starts ahead', {
    build: () =>
      db
        .selectFrom('attempt')
        .select('id')
        .where('pace_key', '=', paceKey)
        .where('paced_at', '>', at)
        .limit(1)
        .compile(),
    parameters: [paceKey, at, 1],
  });
  if (ahead.length === 0) return false;
  await db
    .updateTable('attempt')
    .set({ paced_at: at })
    .where('pace_key', '=', paceKey)
    .where('paced_at', '>', at)
    .execute();
  return true;
}
