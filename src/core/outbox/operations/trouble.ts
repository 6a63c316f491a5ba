/** What an attempt says of its lane's channel: its trouble, and answers that leave in doubt whose fault they are. Parts of settle(). */
import type { Selectable } from 'kysely';
import type { SettleRequest } from '../contract.ts';
import type { LaneTable } from '../schema.ts';
import type { Database } from './database.ts';

/** Only a delivery ends the trouble: a channel that refuses one message after the other is in trouble as well. */
export async function recordTrouble(
  db: Database,
  lane: Selectable<LaneTable>,
  { settlement: { trouble }, outcome, at }: SettleRequest,
): Promise<void> {
  const isOver = lane.trouble === null || lane.trouble_ended_at !== null;
  if (trouble !== undefined) {
    await db
      .updateTable('lane')
      .set({
        trouble: trouble.cause,
        trouble_since: isOver ? at : lane.trouble_since,
        trouble_ended_at: null,
        trouble_failures: trouble.failures,
        trouble_reason: trouble.toAll?.reason ?? null,
        trouble_detail: trouble.toAll?.detail ?? null,
        retry_at: trouble.retryAt,
        retry_set_at: at,
      })
      .where('id', '=', lane.id)
      .execute();
  } else if (!isOver && outcome === 'delivered') {
    await db
      .updateTable('lane')
      .set({ trouble_ended_at: at, trouble_failures: 0 })
      .where('id', '=', lane.id)
      .execute();
  }
}

/** Counted by the outbox itself: what one holder of the lane has begun to count, the next goes on with. */
export async function recordDoubt(
  db: Database,
  { id, doubted_failures, doubted_refusals }: Selectable<LaneTable>,
  { settlement: { doubt }, outcome }: SettleRequest,
): Promise<void> {
  if (outcome === 'delivered') {
    if (doubted_failures + doubted_refusals === 0) return;
    const none = { doubted_failures: 0, doubted_refusals: 0 };
    await db.updateTable('lane').set(none).where('id', '=', id).execute();
  } else if (doubt === 'failures') {
    const counted = { doubted_failures: doubted_failures + 1 };
    await db.updateTable('lane').set(counted).where('id', '=', id).execute();
  } else if (doubt === 'refusals') {
    const counted = { doubted_refusals: doubted_refusals + 1 };
    await db.updateTable('lane').set(counted).where('id', '=', id).execute();
  }
}
