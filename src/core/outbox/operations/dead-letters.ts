/** Reading dead letters: which there are, and what led to each. */
import type { Selectable } from 'kysely';
import type { OutcomeKind, Reason } from '../../plugin/outcome.ts';
import type { DeadLetter, PastAttempt, StoredEvent } from '../contract.ts';
import type { AttemptTable } from '../schema.ts';
import type { Database } from './database.ts';
import { storedPiece } from './stored-piece.ts';

/** A message that its channel has refused to know for days has thousands of attempts, which all say the same. */
const ATTEMPTS_READ = 50;

/** See Outbox.readDeadLetterIds(). */
export async function readDeadLetterIds(db: Database, lane: string | undefined): Promise<number[]> {
  const rows = await db
    .selectFrom('message')
    .select('message.id')
    .where('message.state', '=', 'dead')
    .where('message.settled_at', 'is not', null)
    .$if(lane !== undefined, (query) =>
      query.innerJoin('lane', 'lane.id', 'message.lane_id').where('lane.name', '=', lane ?? ''),
    )
    .orderBy('message.id')
    .execute();
  return rows.map((row) => row.id);
}

/** See Outbox.readDeadLetters(). */
export async function readDeadLetters(db: Database, messages: readonly number[]): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const id of messages) {
    const letter = await readDeadLetter(db, id);
    if (letter !== undefined) letters.push(letter);
  }
  return letters;
}

async function readDeadLetter(db: Database, id: number): Promise<DeadLetter | undefined> {
  const message = await db
    .selectFrom('message')
    .innerJoin('lane', 'lane.id', 'message.lane_id')
    .select(['lane.name', 'message.form', 'message.reason', 'message.detail'])
    .select(['message.sealed_at', 'message.settled_at', 'message.attempts'])
    .where('message.id', '=', id)
    .where('message.state', '=', 'dead')
    .executeTakeFirst();
  if (message === undefined) return undefined;
  return {
    message: id,
    lane: message.name,
    form: message.form,
    // Only settle() and expire() write this column.
    reason: (message.reason ?? 'internal') as DeadLetter['reason'],
    detail: message.detail ?? '',
    diedAt: message.settled_at ?? message.sealed_at,
    attempts: message.attempts,
    history: await historyOf(db, id),
    events: await eventsOf(db, id),
  };
}

async function historyOf(db: Database, message: number): Promise<PastAttempt[]> {
  const latest = await db
    .selectFrom('attempt')
    .select(['started_at', 'ended_at', 'outcome', 'reason', 'detail'])
    .where('message_id', '=', message)
    .orderBy('id', 'desc')
    .limit(ATTEMPTS_READ)
    .execute();
  return latest.reverse().map(pastAttempt);
}

function pastAttempt(
  row: Pick<Selectable<AttemptTable>, 'started_at' | 'ended_at' | 'outcome' | 'reason' | 'detail'>,
): PastAttempt {
  const { started_at: startedAt, ended_at: endedAt, outcome, reason, detail } = row;
  if (endedAt === null) return { startedAt };
  return {
    startedAt,
    endedAt,
    // Only settle() and registerLanes() write these columns.
    outcome: (outcome ?? 'retry') as OutcomeKind,
    reason: (reason ?? 'internal') as Reason,
    detail: detail ?? '',
  };
}

async function eventsOf(db: Database, message: number): Promise<StoredEvent[]> {
  const parts = await db
    .selectFrom('message_part')
    .innerJoin('piece', 'piece.id', 'message_part.piece_id')
    .innerJoin('notification', 'notification.id', 'piece.notification_id')
    .leftJoin('lane as origin', 'origin.id', 'message_part.fallback_of')
    .select('origin.name as fallback_of')
    .select(['message_part.rank', 'message_part.piece_id', 'message_part.first', 'message_part.last'])
    .select(['piece.alerts', 'piece.first_number'])
    .select(['notification.uuid', 'notification.source', 'notification.head', 'notification.received_at'])
    .where('message_part.message_id', '=', message)
    .orderBy('message_part.ordinal')
    .execute();
  return parts.flatMap((part) => {
    const piece = storedPiece(part);
    return Array.from({ length: part.last - part.first + 1 }, (_, offset) => ({
      place: { rank: part.rank, piece: part.piece_id, runFirst: part.first, index: part.first + offset },
      number: part.first_number + part.first + offset,
      piece,
      ...(part.fallback_of === null ? {} : { fallbackOf: part.fallback_of }),
    }));
  });
}
