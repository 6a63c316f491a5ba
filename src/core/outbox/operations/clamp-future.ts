/**
 * After the clock was set back, recorded times lie in the future: taken as they are, they would hold a lane until the clock has caught
 * up. They are rewritten once to count from now, which is why reading a lane may write.
 */
import type { Selectable } from 'kysely';
import type { LaneCredentialTable, LaneTable } from '../schema.ts';
import type { Database } from './database.ts';

/** Moves the lane's holds, its trouble, its unsettled messages' back-off and its paces' starts so that none begins after `at`. */
export async function clampFuture(
  db: Database,
  {
    lane,
    credentials,
  }: { lane: Selectable<LaneTable>; credentials: readonly Selectable<LaneCredentialTable>[] },
  at: number,
): Promise<void> {
  await clampTrouble(db, lane, at);
  await clampBackoffs(db, lane.id, at);
  for (const { pace_key, hold_since } of credentials) {
    if (hold_since !== null && hold_since > at) {
      await db
        .updateTable('lane_credential')
        .set((eb) => ({ hold_since: at, hold_until: eb('hold_until', '-', hold_since - at) }))
        .where('lane_id', '=', lane.id)
        .where('pace_key', '=', pace_key)
        .execute();
    }
    await clampStarts(db, pace_key, at);
  }
}

async function clampTrouble(db: Database, lane: Selectable<LaneTable>, at: number): Promise<void> {
  const { trouble_since, trouble_ended_at, retry_at, retry_set_at } = lane;
  const isAhead = [trouble_since, trouble_ended_at, retry_set_at].some((time) => time !== null && time > at);
  if (!isAhead) return;
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
}

// These look first: an update that finds nothing takes the lock for writing all the same, and fails if another program has written
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
