/**
 * seal() and begin(): the commits before a send. Either records the start of the attempt together with what is sent, and does
 * nothing at all if another attempt under the same pace key has begun since the caller looked: two lanes that share a credential
 * cannot both take the last free start.
 */
import type { BeginRequest, EventPlace, SealRequest, Started } from '../contract.ts';
import { type Database, laneByName } from './database.ts';
import { formatMends, openMessage } from './view.ts';

/** See Outbox.seal(). */
export async function seal(db: Database, request: SealRequest): Promise<Started | 'stale'> {
  const lane = await laneByName(db, request.lane);
  if ((await latestAttempt(db, lane.pace_key)) !== request.paceMark) return 'stale';

  const ranges = toRanges(request.covers);
  let oldestAt = request.at;
  for (const range of ranges) oldestAt = Math.min(oldestAt, await takeFromRun(db, lane.id, range));
  const message = await db
    .insertInto('message')
    .values({
      uuid: request.id,
      lane_id: lane.id,
      state: 'open',
      form: request.form,
      body: request.body,
      mends: formatMends(request.mends),
      events: request.covers.length,
      oldest_at: oldestAt,
      sealed_at: request.at,
      settled_at: null,
      retry_at: request.at,
      retry_set_at: request.at,
      attempts: 1,
      channel_failures: 0,
      own_failures: 0,
      ambiguous: 0,
      reason: null,
      detail: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  for (const [ordinal, { rank, piece, first, last }] of ranges.entries()) {
    await db
      .insertInto('message_part')
      .values({ message_id: message.id, ordinal, rank, piece_id: piece, first, last })
      .execute();
  }
  if (request.covers.length > 1) {
    await db
      .updateTable('lane')
      .set({ storm_parts: lane.storm_parts + 1 })
      .where('id', '=', lane.id)
      .execute();
  }
  const attempt = await recordStart(db, { message, paceKey: lane.pace_key, at: request.at });
  return { attempt, message: openMessage(message) };
}

/** See Outbox.begin(). */
export async function begin(db: Database, request: BeginRequest): Promise<Started | 'stale'> {
  const lane = await laneByName(db, request.lane);
  if ((await latestAttempt(db, lane.pace_key)) !== request.paceMark) return 'stale';

  const message = await db
    .updateTable('message')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('id', '=', request.message)
    .where('settled_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (message === undefined) return 'stale';
  const attempt = await recordStart(db, { message, paceKey: lane.pace_key, at: request.at });
  return { attempt, message: openMessage(message) };
}

/** Consecutive events of one run. */
interface Range {
  readonly rank: number;
  readonly piece: number;
  readonly runFirst: number;
  readonly first: number;
  readonly last: number;
}

function toRanges(places: readonly EventPlace[]): Range[] {
  const ranges: Range[] = [];
  for (const { rank, piece, runFirst, index } of places) {
    const before = ranges.at(-1);
    if (before?.piece === piece && before.runFirst === runFirst && before.last + 1 === index) {
      ranges[ranges.length - 1] = { ...before, last: index };
    } else {
      ranges.push({ rank, piece, runFirst, first: index, last: index });
    }
  }
  return ranges;
}

/** Takes a range out of the run that holds it; what is left on either side stays. Answers when its events were received. */
async function takeFromRun(
  db: Database,
  laneId: number,
  { rank, piece, first, last }: Range,
): Promise<number> {
  const run = await db
    .selectFrom('run')
    .selectAll()
    .where('lane_id', '=', laneId)
    .where('rank', '=', rank)
    .where('piece_id', '=', piece)
    .where('first', '<=', first)
    .orderBy('first', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (run === undefined || run.last < last) throw new Error('a message covers events that no longer wait');
  await db
    .deleteFrom('run')
    .where('lane_id', '=', laneId)
    .where('rank', '=', rank)
    .where('piece_id', '=', piece)
    .where('first', '=', run.first)
    .execute();
  if (run.first < first)
    await db
      .insertInto('run')
      .values({ ...run, last: first - 1 })
      .execute();
  if (last < run.last)
    await db
      .insertInto('run')
      .values({ ...run, first: last + 1 })
      .execute();
  return run.received_at;
}

async function latestAttempt(db: Database, paceKey: string): Promise<number> {
  const latest = await db
    .selectFrom('attempt')
    .select('id')
    .where('pace_key', '=', paceKey)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return latest?.id ?? 0;
}

async function recordStart(
  db: Database,
  {
    message,
    paceKey,
    at,
  }: { message: { id: number; uuid: string; lane_id: number }; paceKey: string; at: number },
): Promise<number> {
  const { id } = await db
    .insertInto('attempt')
    .values({
      message_id: message.id,
      lane_id: message.lane_id,
      pace_key: paceKey,
      uuid: message.uuid,
      started_at: at,
      paced_at: at,
      ended_at: null,
      outcome: null,
      reason: null,
      detail: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
