/**
 * seal() and begin(): the commits before a send. Either records the start of the attempt together with what is sent, and does
 * nothing at all if another attempt under the same pace key has begun since the caller looked: two lanes that share a credential
 * cannot both take the last free start.
 */
import type { Insertable, Selectable } from 'kysely';
import type { BeginRequest, EventPlace, SealRequest, Started, Under } from '../contract.ts';
import type { LaneTable, MessagePartTable, MessageTable } from '../schema.ts';
import { type Database, laneByName } from './database.ts';
import { isProbed } from './holds.ts';
import { formatMends } from './mends.ts';
import { countCall } from './month-calls.ts';
import { cutOut } from './runs.ts';
import { openMessage } from './view.ts';

/** See Outbox.seal(). */
export async function seal(db: Database, request: SealRequest): Promise<Started | 'stale'> {
  const { under, at } = request;
  const lane = await laneByName(db, request.lane);
  if (!(await mayStart(db, lane, under))) return 'stale';

  const ranges = toRanges(request.covers);
  if (!(await stillWait(db, lane.id, ranges))) return 'stale';
  const parts: Part[] = [];
  for (const range of ranges) parts.push(await takeFromRun(db, lane.id, range));
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
      oldest_at: parts.reduce((oldest, { waiting_since }) => Math.min(oldest, waiting_since), at),
      sealed_at: at,
      settled_at: null,
      retry_at: at,
      retry_set_at: at,
      attempts: 1,
      pace_key: under.paceKey,
      own_failures: 0,
      ambiguous: 0,
      expired_told: request.expiredTold,
      reason: null,
      detail: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  for (const [ordinal, part] of parts.entries()) {
    await db
      .insertInto('message_part')
      .values({ message_id: message.id, ordinal, ...part })
      .execute();
  }
  await db
    .updateTable('lane')
    .set({
      storm_parts: lane.storm_parts + (request.covers.length > 1 ? 1 : 0),
      expired_untold: lane.expired_untold - request.expiredTold,
      ...(request.covers[0]?.rank === 0 ? { last_critical_at: at } : {}),
    })
    .where('id', '=', lane.id)
    .execute();
  return await recordStart(db, { message, under, at });
}

/** See Outbox.begin(). */
export async function begin(
  db: Database,
  { under, at, ...request }: BeginRequest,
): Promise<Started | 'stale'> {
  const lane = await laneByName(db, request.lane);
  if (!(await mayStart(db, lane, under))) return 'stale';

  const message = await db
    .updateTable('message')
    .set((eb) => ({ attempts: eb('attempts', '+', 1), pace_key: under.paceKey }))
    .where('id', '=', request.message)
    .where('settled_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return message === undefined ? 'stale' : await recordStart(db, { message, under, at });
}

/** False if others have begun since the caller looked: one more attempt under the credential, or a probe after its hold. */
async function mayStart(
  db: Database,
  lane: Selectable<LaneTable>,
  { paceKey, paceMark }: Under,
): Promise<boolean> {
  if ((await latestAttempt(db, paceKey)) !== paceMark) return false;
  const held = await db
    .selectFrom('lane_credential')
    .select('hold_scope')
    .where('lane_id', '=', lane.id)
    .where('pace_key', '=', paceKey)
    .where('hold', 'is not', null)
    .executeTakeFirst();
  if (held === undefined) return true;
  return !(await isProbed(db, { laneId: lane.id, plugin: lane.plugin, paceKey }, held.hold_scope));
}

/** Consecutive events of one run. */
interface RunRange {
  readonly rank: number;
  readonly piece: number;
  readonly runFirst: number;
  readonly first: number;
  readonly last: number;
}

function toRanges(places: readonly EventPlace[]): RunRange[] {
  const ranges: RunRange[] = [];
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

/** False if some of the events were told by another lane since the caller read them: a fallback, or the lane that it stands in for. */
async function stillWait(db: Database, laneId: number, ranges: readonly RunRange[]): Promise<boolean> {
  const runs = await db
    .selectFrom('run')
    .select(['rank', 'piece_id', 'first', 'last'])
    .where('lane_id', '=', laneId)
    .where('piece_id', 'in', [...new Set(ranges.map(({ piece }) => piece))])
    .where('rank', 'in', [...new Set(ranges.map(({ rank }) => rank))])
    .execute();
  return ranges.every(({ rank, piece, first, last }) =>
    runs.some((run) => run.rank === rank && run.piece_id === piece && run.first <= first && run.last >= last),
  );
}

/** A part of a message, but for its message and its place in it. */
type Part = Omit<Insertable<MessagePartTable>, 'message_id' | 'ordinal'>;

async function takeFromRun(
  db: Database,
  laneId: number,
  { rank, piece, first, last }: RunRange,
): Promise<Part> {
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
  await cutOut(db, run, { first, last });
  const { waiting_since, fallback_of, handed_to } = run;
  return { rank, piece_id: piece, first, last, waiting_since, fallback_of, handed_to };
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
    under,
    at,
  }: { readonly message: Selectable<MessageTable>; readonly under: Under; readonly at: number },
): Promise<Started> {
  const { id } = await db
    .insertInto('attempt')
    .values({
      message_id: message.id,
      lane_id: message.lane_id,
      pace_key: under.paceKey,
      uuid: message.uuid,
      started_at: at,
      paced_at: at,
      month: under.month ?? null,
      ended_at: null,
      outcome: null,
      reason: null,
      detail: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const monthCalls = under.month === undefined ? 0 : await countCall(db, under.month, at);
  return { attempt: id, message: openMessage(message), monthCalls };
}
