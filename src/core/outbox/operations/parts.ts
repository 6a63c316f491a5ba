/** The parts of a message: which events it covers, and the notifications that brought them. */
import { type Selectable, sql } from 'kysely';
import type { Settled } from '../contract.ts';
import type { MessagePartTable } from '../schema.ts';
import type { Database } from './database.ts';
import { runKept } from './kept-statements.ts';
import { inChunks, inPaddedChunks } from './rows.ts';

/** The parts of a message, in its order. */
export async function partsOf(db: Database, message: number): Promise<Selectable<MessagePartTable>[]> {
  return await runKept(db, 'parts', {
    build: () =>
      db
        .selectFrom('message_part')
        .selectAll()
        .where('message_id', '=', message)
        .orderBy('ordinal')
        .compile(),
    parameters: [message],
  });
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
  const events = await eventsByNotification(db, parts);
  const received: { at: number; events: number }[] = [];
  // In the order of their ids, so that those who release at the same time wait for each other in one order.
  for (const chunk of inChunks([...events].sort(([a], [b]) => a - b))) {
    const rows = await runKept(db, `release ${chunk.length} notifications`, {
      build: () => releaseStatement(chunk, at).compile(db),
      parameters: [at, ...chunk.flat()],
    });
    for (const row of rows) received.push({ at: row.received_at, events: events.get(row.id) ?? 0 });
  }
  return received;
}

function releaseStatement(released: readonly (readonly [id: number, events: number])[], at: number) {
  const given = sql.join(released.map(([id, events]) => sql`(${id}, ${events})`));
  return sql<{ id: number; received_at: number }>`
      update notification set
        pending = pending - released.events,
        settled_at = case when pending <= released.events then cast(${at} as bigint) else settled_at end
      from (
        select cast(column1 as bigint) as id, cast(column2 as bigint) as events from (values ${given}) as given
      ) as released
      where notification.id = released.id
      returning notification.id, received_at`;
}

async function eventsByNotification(
  db: Database,
  parts: readonly { piece_id: number; first: number; last: number }[],
): Promise<ReadonlyMap<number, number>> {
  const events = new Map<number, number>();
  const notificationOf = new Map<number, number>();
  for (const pieces of inPaddedChunks([...new Set(parts.map(({ piece_id }) => piece_id))])) {
    const rows = await runKept(db, `notifications of ${pieces.length} pieces`, {
      build: () =>
        db.selectFrom('piece').select(['id', 'notification_id']).where('id', 'in', pieces).compile(),
      parameters: pieces,
    });
    for (const { id, notification_id } of rows) notificationOf.set(id, notification_id);
  }
  for (const { piece_id, first, last } of parts) {
    const notification = notificationOf.get(piece_id);
    if (notification !== undefined)
      events.set(notification, (events.get(notification) ?? 0) + last - first + 1);
  }
  return events;
}
