/** settle(): the commit after a send. Records the attempt's end, what becomes of its message, and what it says of the channel. */
import type { Selectable } from 'kysely';
import type { MessageSettlement, Settled, SettleRequest } from '../contract.ts';
import type { LaneTable } from '../schema.ts';
import { type Database, laneByName } from './database.ts';
import { freeCredentials, holdCredentials } from './holds.ts';
import { runKept } from './kept-statements.ts';
import { formatMends } from './mends.ts';
import { uncountCall } from './month-calls.ts';
import { partsOf, releaseNotifications } from './parts.ts';
import { eventCount, leaveLane } from './runs.ts';
import { takeOutElsewhere } from './told-once.ts';
import { tellLater, voidMessage } from './void.ts';

/** See Outbox.settle(). */
export async function settle(db: Database, request: SettleRequest): Promise<Settled> {
  const { attempt, outcome, reason, detail, settlement, at } = request;
  const [ended] = await runKept(db, 'end an attempt', {
    build: () =>
      db
        .updateTable('attempt')
        .set({ ended_at: at, outcome, reason, detail })
        .where('id', '=', attempt)
        .where('ended_at', 'is', null)
        .returning(['pace_key', 'month', 'started_at'])
        .compile(),
    parameters: [at, outcome, reason, detail, attempt],
  });
  if (ended === undefined) return NOTHING;

  const lane = await laneByName(db, request.lane);
  const settled = await settleMessage(db, lane, request);
  await recordTrouble(db, lane, request);
  const use = { laneId: lane.id, plugin: lane.plugin, paceKey: ended.pace_key };
  if (settlement.hold !== undefined) await holdCredentials(db, use, { hold: settlement.hold, at });
  // A refusal of the message is an answer too.
  else if (outcome === 'delivered' || outcome === 'refused') await freeCredentials(db, use, ended.started_at);
  if (settlement.uncounted === true && ended.month !== null) await uncountCall(db, ended.month);
  return settled;
}

const NOTHING: Settled = { events: 0, received: [] };

async function settleMessage(
  db: Database,
  lane: Selectable<LaneTable>,
  { message, reason, detail, settlement, at }: SettleRequest,
): Promise<Settled> {
  const settled = settlement.message;
  switch (settled.kind) {
    case 'delivered': {
      await close(db, { message, state: 'delivered', reason, detail, at });
      const parts = await partsOf(db, message);
      await leaveLane(db, lane.id, eventCount(parts), { last_success_at: at });
      await takeOutElsewhere(db, { lane, parts, at });
      return { events: eventCount(parts), received: await releaseNotifications(db, parts, at) };
    }
    case 'again':
      await keepForLater(db, { lane, message, settled, reason, detail, at });
      return NOTHING;
    case 'recompose':
      await db.updateTable('message').set({ reason, detail }).where('id', '=', message).execute();
      await voidMessage(db, {
        lane,
        message,
        mends: { mends: formatMends(settled.mends), at_most: settled.atMost },
        at,
      });
      return NOTHING;
    case 'dead': {
      await close(db, { message, state: 'dead', reason, detail, at });
      const parts = await partsOf(db, message);
      await leaveLane(db, lane.id, eventCount(parts));
      return { events: eventCount(parts), received: [] };
    }
    default:
      return settled satisfies never;
  }
}

/** An answer ends the trouble: the message was at fault, if anything was. */
async function recordTrouble(
  db: Database,
  lane: Selectable<LaneTable>,
  { settlement: { trouble }, outcome, at }: SettleRequest,
): Promise<void> {
  const isOver = lane.trouble === null || lane.trouble_ended_at !== null;
  if (trouble !== undefined) {
    await db
      .updateTable('lane')
      .set({
        trouble: trouble.cause,
        trouble_since: isOver ? at : lane.trouble_since,
        trouble_ended_at: null,
        trouble_failures: trouble.failures,
        retry_at: trouble.retryAt,
        retry_set_at: at,
      })
      .where('id', '=', lane.id)
      .execute();
  } else if (!isOver && (outcome === 'delivered' || outcome === 'refused')) {
    await db
      .updateTable('lane')
      .set({ trouble_ended_at: at, trouble_failures: 0 })
      .where('id', '=', lane.id)
      .execute();
  }
}

/** How a message ended, in one update: each writes the whole row, with its body. */
interface Closing extends Pick<SettleRequest, 'message' | 'reason' | 'detail' | 'at'> {
  readonly state: 'delivered' | 'dead';
}

async function close(db: Database, { message, state, reason, detail, at }: Closing): Promise<void> {
  const [closed] = await runKept(db, 'close a message', {
    build: () =>
      db
        .updateTable('message')
        .set({ state, settled_at: at, reason, detail })
        .where('id', '=', message)
        .returning(['lane_id', 'expired_told'])
        .compile(),
    parameters: [state, at, reason, detail, message],
  });
  if (closed === undefined) throw new Error('a message that was sent is gone');
  if (state === 'dead') await tellLater(db, closed.lane_id, closed.expired_told);
  await runKept(db, 'no longer set aside', {
    build: () => db.deleteFrom('set_aside_alert').where('message_id', '=', message).compile(),
    parameters: [message],
  });
}

async function keepForLater(
  db: Database,
  {
    lane,
    message,
    settled,
    reason,
    detail,
    at,
  }: Pick<SettleRequest, 'message' | 'reason' | 'detail' | 'at'> & {
    lane: Selectable<LaneTable>;
    settled: Extract<MessageSettlement, { kind: 'again' }>;
  },
): Promise<void> {
  const { history, freshId } = settled;
  await db
    .updateTable('message')
    .set({
      state: settled.setAside ? 'aside' : 'open',
      retry_at: settled.at,
      retry_set_at: at,
      own_failures: history.ownFailures,
      ambiguous: history.ambiguous ? 1 : 0,
      reason,
      detail,
      ...(freshId === undefined ? {} : { uuid: freshId }),
    })
    .where('id', '=', message)
    .execute();
  if (!settled.setAside) return;
  const fingerprints = new Set<string>();
  for (const { piece_id, first, last } of await partsOf(db, message)) {
    const piece = await db
      .selectFrom('piece')
      .select('fingerprints')
      .where('id', '=', piece_id)
      .executeTakeFirstOrThrow();
    for (const fingerprint of piece.fingerprints.split(' ').slice(first, last + 1))
      fingerprints.add(fingerprint);
  }
  for (const fingerprint of fingerprints) {
    await db
      .insertInto('set_aside_alert')
      .values({ lane_id: lane.id, fingerprint, message_id: message })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
