/** A message that goes again: when, under which id, and whether others pass it until then. */
import type { Selectable } from 'kysely';
import type { MessageSettlement, SettleRequest } from '../contract.ts';
import type { LaneTable } from '../schema.ts';
import type { Database } from './database.ts';
import { partsOf } from './parts.ts';
import { alertKey } from './stored-piece.ts';

/** What is kept, and what was decided of it. */
export interface Kept {
  readonly lane: Selectable<LaneTable>;
  readonly request: SettleRequest;
  readonly settled: Extract<MessageSettlement, { kind: 'again' }>;
}

/** Part of settle(). */
export async function keepForLater(db: Database, { lane, request, settled }: Kept): Promise<void> {
  const { message, attempt, reason, detail, settlement, at } = request;
  const { history, freshId } = settled;
  await db
    .updateTable('message')
    .set({
      state: settled.setAside ? 'aside' : 'open',
      retry_at: settled.at,
      retry_set_at: at,
      own_failures: history.ownFailures,
      ...(settlement.doubt === 'failures' ? { failed_after: lane.deliveries } : {}),
      last_attempt: attempt,
      ambiguous: history.ambiguous ? 1 : 0,
      reason,
      detail,
      ...(freshId === undefined ? {} : { uuid: freshId }),
    })
    .where('id', '=', message)
    .execute();
  if (settled.setAside) await setAlertsAside(db, lane, message);
}

async function setAlertsAside(db: Database, lane: Selectable<LaneTable>, message: number): Promise<void> {
  const alerts = new Set<string>();
  for (const { piece_id, first, last } of await partsOf(db, message)) {
    const piece = await db
      .selectFrom('piece')
      .innerJoin('notification', 'notification.id', 'piece.notification_id')
      .select(['piece.fingerprints', 'notification.source'])
      .where('piece.id', '=', piece_id)
      .executeTakeFirstOrThrow();
    for (const fingerprint of piece.fingerprints.split(' ').slice(first, last + 1))
      alerts.add(alertKey(fingerprint, piece.source));
  }
  for (const alert of alerts) {
    await db
      .insertInto('set_aside_alert')
      .values({ lane_id: lane.id, alert, message_id: message })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
