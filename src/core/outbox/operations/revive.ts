/**
 * What a person decides about dead letters: reviveDeadLetters() puts their events back where they waited, dropDeadLetters() lets them
 * go. Either leaves the message and its attempts as history, and changes nothing when it is asked again.
 */
import type { DropRequest, LetterFate, MessageState, ReviveRequest } from '../contract.ts';
import type { Database } from './database.ts';
import { partsOf, releaseNotifications } from './parts.ts';
import { eventCount, insertRuns, leaveLane } from './runs.ts';

/** See Outbox.reviveDeadLetters(). */
export async function reviveDeadLetters(
  db: Database,
  { messages, lanes, at }: ReviveRequest,
): Promise<LetterFate[]> {
  return await decideOnEach(db, { messages, wanted: 'revived' }, async (letter) => {
    const { message, lane, events } = letter;
    if (!lanes.includes(lane)) return { kind: 'no_sink', message, lane };
    await becomeHistory(db, { message, state: 'revived', at });
    await returnEvents(db, { ...letter, at });
    return { kind: 'done', message, lane, events };
  });
}

/** See Outbox.dropDeadLetters(). */
export async function dropDeadLetters(db: Database, { messages, at }: DropRequest): Promise<LetterFate[]> {
  return await decideOnEach(db, { messages, wanted: 'dropped' }, async ({ message, lane, events }) => {
    await becomeHistory(db, { message, state: 'dropped', at });
    const parts = await partsOf(db, message);
    await releaseNotifications(db, parts, at);
    return { kind: 'done', message, lane, events };
  });
}

interface FoundMessage {
  readonly message: number;
  readonly state: string;
  readonly events: number;
  readonly lane: string;
  readonly laneId: number;
}

async function decideOnEach(
  db: Database,
  { messages, wanted }: { messages: readonly number[]; wanted: 'revived' | 'dropped' },
  decide: (letter: FoundMessage) => Promise<LetterFate>,
): Promise<LetterFate[]> {
  const fates: LetterFate[] = [];
  for (const message of messages) {
    const found = await findMessage(db, message);
    if (found === undefined) fates.push({ kind: 'unknown', message });
    else if (found.state === 'dead') fates.push(await decide(found));
    else if (found.state === wanted) fates.push({ kind: 'done_before', message, lane: found.lane });
    // Only the outbox's own operations write this column.
    else fates.push({ kind: 'not_dead', message, state: found.state as MessageState });
  }
  return fates;
}

async function findMessage(db: Database, message: number): Promise<FoundMessage | undefined> {
  return await db
    .selectFrom('message')
    .innerJoin('lane', 'lane.id', 'message.lane_id')
    .select(['message.id as message', 'message.state', 'message.events'])
    .select(['lane.id as laneId', 'lane.name as lane'])
    .where('message.id', '=', message)
    .executeTakeFirst();
}

/** Kept from now on for as long as what is settled now. */
async function becomeHistory(
  db: Database,
  { message, state, at }: { message: number; state: MessageState; at: number },
): Promise<void> {
  await db.updateTable('message').set({ state, settled_at: at }).where('id', '=', message).execute();
}

/** Their notifications never let go of them: only the lane must count them again. What may expire does so counted from now. */
async function returnEvents(
  db: Database,
  { message, laneId, at }: FoundMessage & { at: number },
): Promise<void> {
  const parts = await partsOf(db, message);
  await insertRuns(
    db,
    parts.map(({ rank, piece_id, first, last, fallback_of }) => {
      return { lane_id: laneId, rank, piece_id, first, last, waiting_since: at, fallback_of };
    }),
  );
  await leaveLane(db, laneId, -eventCount(parts));
}
