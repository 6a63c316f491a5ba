/** Dead letters: events given up on, kept with their reason and history. */
import type { Reason } from '../../plugin/outcome.ts';
import type { DeadLetter, StoredEvent } from '../contract.ts';
import { type Database, laneByName } from './database.ts';

/** See Outbox.readDeadLetters(). */
export async function readDeadLetters(db: Database, name: string, limit: number): Promise<DeadLetter[]> {
  const lane = await laneByName(db, name);
  const messages = await db
    .selectFrom('message')
    .selectAll()
    .where('lane_id', '=', lane.id)
    .where('state', '=', 'dead')
    .orderBy('id')
    .limit(limit)
    .execute();
  const letters: DeadLetter[] = [];
  for (const message of messages) {
    letters.push({
      message: message.id,
      // Only settle() writes this column.
      reason: (message.reason ?? 'internal') as Reason,
      detail: message.detail ?? '',
      diedAt: message.settled_at ?? message.sealed_at,
      attempts: message.attempts,
      events: await eventsOf(db, message.id),
    });
  }
  return letters;
}

async function eventsOf(db: Database, message: number): Promise<StoredEvent[]> {
  const parts = await db
    .selectFrom('message_part')
    .innerJoin('piece', 'piece.id', 'message_part.piece_id')
    .innerJoin('notification', 'notification.id', 'piece.notification_id')
    .select(['message_part.rank', 'message_part.piece_id', 'message_part.first', 'message_part.last'])
    .select([
      'piece.alerts',
      'piece.first_number',
      'notification.uuid',
      'notification.head',
      'notification.received_at',
    ])
    .where('message_part.message_id', '=', message)
    .orderBy('message_part.ordinal')
    .execute();
  return parts.flatMap((part) =>
    Array.from({ length: part.last - part.first + 1 }, (_, offset) => ({
      place: { rank: part.rank, piece: part.piece_id, runFirst: part.first, index: part.first + offset },
      notificationId: part.uuid,
      number: part.first_number + part.first + offset,
      receivedAt: part.received_at,
      head: part.head,
      alerts: part.alerts,
    })),
  );
}
