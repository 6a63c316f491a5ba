/**
 * seal() and begin(): the commits before a send. Either records the start of the attempt together with what is sent, and does
 * nothing at all if another attempt under the same pace key has begun since the caller looked: two lanes that share a credential
 * cannot both take the last free start.
 */
import type { Selectable } from 'kysely';
import type { BeginRequest, SealRequest, Started, Under } from '../contract.ts';
import type { LaneTable, MessageTable } from '../schema.ts';
import { type Database, leasedLane } from './database.ts';
import { isProbed } from './holds.ts';
import { runKept, valuesOf } from './kept-statements.ts';
import { formatMends } from './mends.ts';
import { countCall } from './month-calls.ts';
import { pack, unpack } from './packed.ts';
import { inChunks } from './rows.ts';
import { takeOutOfRuns } from './take-out.ts';
import { latestAttempt, openMessage } from './view.ts';

/** Longer than what chats take: shorter messages stay readable with SQL alone. */
const READABLE_LENGTH = 32_768;

/** See Outbox.seal(). */
export async function seal(db: Database, request: SealRequest): Promise<Started | 'stale'> {
  const { under, at } = request;
  const lane = await leasedLane(db, request, at);
  if (!(await mayStart(db, lane, under))) return 'stale';

  const parts = await takeOutOfRuns(db, lane.id, request.covers);
  if (parts === undefined) return 'stale';
  // As it would be read back.
  const body = request.body.toWellFormed();
  const row = {
    uuid: request.id,
    lane_id: lane.id,
    state: 'open',
    form: request.form,
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
    failed_after: null,
    last_attempt: null,
    ambiguous: 0,
    expired_told: request.expiredTold,
    reason: null,
    detail: null,
    body: pack(body, READABLE_LENGTH),
  };
  const [stored] = await runKept(db, 'store a message', {
    build: () => db.insertInto('message').values(row).returning('id').compile(),
    parameters: valuesOf([row]),
  });
  if (stored === undefined) throw new Error('a message was not stored');
  const message = { ...row, id: stored.id };
  const rows = parts.map((part, ordinal) => ({ message_id: message.id, ordinal, ...part }));
  for (const chunk of inChunks(rows)) {
    await runKept(db, `store ${chunk.length} parts`, {
      build: () => db.insertInto('message_part').values(chunk).compile(),
      parameters: valuesOf(chunk),
    });
  }
  await noteSeal(db, lane, request);
  return await recordStart(db, { lane, message, body, under, at });
}

/** What the lane remembers of its messages; nothing is written if nothing changes. */
async function noteSeal(
  db: Database,
  { id, storm_parts, expired_untold, last_critical_at }: Selectable<LaneTable>,
  { covers, expiredTold, at }: SealRequest,
): Promise<void> {
  const isCritical = covers[0]?.rank === 0;
  if (covers.length === 1 && expiredTold === 0 && !isCritical) return;
  const noted = {
    storm_parts: storm_parts + (covers.length > 1 ? 1 : 0),
    expired_untold: expired_untold - expiredTold,
    last_critical_at: isCritical ? at : last_critical_at,
  };
  await runKept(db, 'note a seal', {
    build: () => db.updateTable('lane').set(noted).where('id', '=', id).compile(),
    parameters: [...Object.values(noted), id],
  });
}

/** See Outbox.begin(). */
export async function begin(
  db: Database,
  { under, at, ...request }: BeginRequest,
): Promise<Started | 'stale'> {
  const lane = await leasedLane(db, request, at);
  if (!(await mayStart(db, lane, under))) return 'stale';

  const message = await db
    .updateTable('message')
    .set((eb) => ({ attempts: eb('attempts', '+', 1), pace_key: under.paceKey }))
    .where('id', '=', request.message)
    .where('settled_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (message === undefined) return 'stale';
  await closeUnsent(db, message.id, at);
  return await recordStart(db, { lane, message, body: unpack(message.body), under, at });
}

/** A lane sends one thing at a time: a start still on record was committed without its worker's knowledge, and never sent. */
async function closeUnsent(db: Database, messageId: number, at: number): Promise<void> {
  await db
    .updateTable('attempt')
    .set({
      ended_at: at,
      outcome: 'retry',
      reason: 'aborted',
      detail: 'its start was recorded, but it was never sent',
    })
    .where('message_id', '=', messageId)
    .where('ended_at', 'is', null)
    .execute();
}

/** False if others have begun since the caller looked: one more attempt under the credential, or a probe after its hold. */
async function mayStart(
  db: Database,
  lane: Selectable<LaneTable>,
  { paceKey, paceMark }: Under,
): Promise<boolean> {
  if ((await latestAttempt(db, paceKey)) !== paceMark) return false;
  const [held] = await runKept(db, 'hold', {
    build: () =>
      db
        .selectFrom('lane_credential')
        .select('hold_scope')
        .where('lane_id', '=', lane.id)
        .where('pace_key', '=', paceKey)
        .where('hold', 'is not', null)
        .compile(),
    parameters: [lane.id, paceKey],
  });
  if (held === undefined) return true;
  return !(await isProbed(db, { laneId: lane.id, plugin: lane.plugin, paceKey }, held.hold_scope));
}

async function recordStart(
  db: Database,
  {
    lane,
    message,
    body,
    under,
    at,
  }: {
    readonly lane: Selectable<LaneTable>;
    readonly message: Selectable<MessageTable>;
    readonly body: string;
    readonly under: Under;
    readonly at: number;
  },
): Promise<Started> {
  const row = {
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
  };
  const [attempt] = await runKept(db, 'store an attempt', {
    build: () => db.insertInto('attempt').values(row).returning('id').compile(),
    parameters: valuesOf([row]),
  });
  if (attempt === undefined) throw new Error('an attempt was not stored');
  const monthCalls = under.month === undefined ? 0 : await countCall(db, under.month, at);
  return { attempt: attempt.id, message: openMessage(message, { lane, body }), monthCalls };
}
