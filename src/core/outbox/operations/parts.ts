/** The parts of a message: which events it covers, and the notifications that brought them. */
import type { Selectable } from 'kysely';
import type { Settled } from '../contract.ts';
import type { MessagePartTable } from '../schema.ts';
import type { Database } from './database.ts';

/** The parts of a message, in its order. */
export async function partsOf(db: Database, message: number): Promise<Selectable<MessagePartTable>[]> {
  return await db
    .selectFrom('message_part')
    .selectAll()
    .where('message_id', '=', message)
    .orderBy('ordinal')
    .execute();
}

/**
 * Counts delivered (or pruned) events off their notifications; one that nobody holds any more may be pruned later. Answers when
 * they were received.
 */
export async function releaseNotifications(
  db: Database,
  parts: readonly { piece_id: number; first: number; last: number }[],
  at: number,
): Promise<Settled['received']> {
  const received: { at: number; events: number }[] = [];
  for (const { piece_id, first, last } of parts) {
    const events = last - first + 1;
    const notification = await db
      .updateTable('notification')
      .set((eb) => ({
        pending: eb('pending', '-', events),
        settled_at: eb.case().when('pending', '<=', events).then(at).else(eb.ref('settled_at')).end(),
      }))
      .where('id', '=', (eb) => eb.selectFrom('piece').select('notification_id').where('id', '=', piece_id))
      .returning('received_at')
      .executeTakeFirst();
    if (notification !== undefined) received.push({ at: notification.received_at, events });
  }
  return received;
}
