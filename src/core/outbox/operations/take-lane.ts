/** A lane changes hands: whoever takes it brings its own setup, and first makes sense of what the last holder left unfinished. */
import type { Selectable } from 'kysely';
import type { LaneSetup, Lease } from '../lease.ts';
import type { LaneTable } from '../schema.ts';
import type { Database } from './database.ts';
import { FREE } from './holds.ts';

/** Until when a lease that begins now is good, and from when on another may take the lane. */
export interface Term {
  readonly lease_until: number | null;
  readonly free_at: number | null;
}

/** Who takes the lane, with which configuration, and until when. */
export interface Taker {
  readonly setup: LaneSetup;
  readonly replica: string;
  readonly term: Term;
  readonly at: number;
}

/** The lane's new lease. */
export async function takeLane(
  db: Database,
  lane: Selectable<LaneTable>,
  { setup, replica, term, at }: Taker,
): Promise<Lease> {
  const { plugin, configHash, paceKeys } = setup;
  const epoch = lane.epoch + 1;
  // What was waiting out a back-off may go at once: a change of hands is often the cure.
  const retry = { retry_at: at, retry_set_at: at };
  await db
    .updateTable('lane')
    .set({ owner: replica, epoch, ...term, plugin, config_hash: configHash, ...retry })
    .where('id', '=', lane.id)
    .execute();
  await closeInterruptedAttempts(db, lane.id, at);
  await knowCredentials(db, lane.id, paceKeys);
  if (lane.config_hash !== configHash) await freeBlocked(db, lane.id);
  await db
    .updateTable('message')
    .set(retry)
    .where('lane_id', '=', lane.id)
    .where('state', '=', 'open')
    .where('settled_at', 'is', null)
    .execute();
  return { lane: lane.name, epoch };
}

/** Attempts of a holder that was killed, or cut off: whether they reached anybody is unknown. */
export async function closeInterruptedAttempts(db: Database, laneId: number, at: number): Promise<void> {
  const interrupted = await db
    .updateTable('attempt')
    .set({
      ended_at: at,
      outcome: 'retry',
      reason: 'aborted',
      detail: 'notifierd ended during the attempt',
    })
    .where('lane_id', '=', laneId)
    .where('ended_at', 'is', null)
    .returning('message_id')
    .execute();
  if (interrupted.length === 0) return;
  await db
    .updateTable('message')
    .set({ ambiguous: 1 })
    .where(
      'id',
      'in',
      interrupted.map(({ message_id }) => message_id),
    )
    .where('settled_at', 'is', null)
    .execute();
}

/** The holds of credentials that the lane had before stay. */
async function knowCredentials(db: Database, laneId: number, paceKeys: readonly string[]): Promise<void> {
  await db
    .deleteFrom('lane_credential')
    .where('lane_id', '=', laneId)
    .where('pace_key', 'not in', [...paceKeys])
    .execute();
  for (const pace_key of paceKeys) {
    await db
      .insertInto('lane_credential')
      .values({ lane_id: laneId, pace_key })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function freeBlocked(db: Database, laneId: number): Promise<void> {
  await db
    .updateTable('lane_credential')
    .set({ ...FREE, hold_count: 0 })
    .where('lane_id', '=', laneId)
    .where('hold', '=', 'blocked')
    .execute();
}
