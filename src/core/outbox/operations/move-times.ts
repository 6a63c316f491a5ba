/** moveTimes(): after the clock was set forward, what is on record is as long ago as it was, and what it holds lasts as long as it would. */
import type { MoveTimesRequest } from '../contract.ts';
import type { Database } from './database.ts';

/** Longer than any pace's window. */
const STARTS_COUNT_MS = 3_600_000;

/** See Outbox.moveTimes(). */
export async function moveTimes(db: Database, { byMs, at }: MoveTimesRequest): Promise<void> {
  await db
    .updateTable('lane')
    .set((eb) => ({
      trouble_since: eb('trouble_since', '+', byMs),
      trouble_ended_at: eb('trouble_ended_at', '+', byMs),
      retry_at: eb('retry_at', '+', byMs),
      retry_set_at: eb('retry_set_at', '+', byMs),
      last_critical_at: eb('last_critical_at', '+', byMs),
    }))
    .execute();
  await db
    .updateTable('lane_credential')
    .set((eb) => ({ hold_since: eb('hold_since', '+', byMs), hold_until: eb('hold_until', '+', byMs) }))
    .execute();
  await db
    .updateTable('message')
    .set((eb) => ({
      oldest_at: eb('oldest_at', '+', byMs),
      sealed_at: eb('sealed_at', '+', byMs),
      retry_at: eb('retry_at', '+', byMs),
      retry_set_at: eb('retry_set_at', '+', byMs),
    }))
    .where('settled_at', 'is', null)
    .execute();
  await db
    .updateTable('message_part')
    .set((eb) => ({ waiting_since: eb('waiting_since', '+', byMs) }))
    .where('message_id', 'in', (eb) => eb.selectFrom('message').select('id').where('settled_at', 'is', null))
    .execute();
  await db
    .updateTable('run')
    .set((eb) => ({ waiting_since: eb('waiting_since', '+', byMs) }))
    .execute();
  await db
    .updateTable('notification')
    .set((eb) => ({ received_at: eb('received_at', '+', byMs) }))
    .where('settled_at', 'is', null)
    .execute();
  await db
    .updateTable('attempt')
    .set((eb) => ({ paced_at: eb('paced_at', '+', byMs) }))
    .where('pace_key', 'in', (eb) => eb.selectFrom('lane_credential').select('pace_key'))
    .where('paced_at', '>', at - STARTS_COUNT_MS)
    .execute();
}
