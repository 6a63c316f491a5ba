/** settle(): the commit after a send. Records the attempt's end, what becomes of its message, and what it says of the channel. */
import type { Selectable } from 'kysely';
import type { Settled, SettleRequest } from '../contract.ts';
import type { LaneTable } from '../schema.ts';
import { type Database, laneByName } from './database.ts';
import { handOverDead } from './hand-over.ts';
import { freeCredentials, holdCredentials } from './holds.ts';
import { keepForLater } from './keep-for-later.ts';
import { runKept } from './kept-statements.ts';
import { formatMends } from './mends.ts';
import { uncountCall } from './month-calls.ts';
import { partsOf, releaseNotifications } from './parts.ts';
import { eventCount, leaveLane } from './runs.ts';
import { takeOutElsewhere } from './told-once.ts';
import { recordDoubt, recordTrouble } from './trouble.ts';
import { tellLater, voidMessage } from './void.ts';
import { voidToldElsewhere } from './void-told.ts';

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
  await recordDoubt(db, lane, request);
  const use = { laneId: lane.id, plugin: lane.plugin, paceKey: ended.pace_key };
  if (settlement.hold !== undefined) await holdCredentials(db, use, { hold: settlement.hold, at });
  // A refusal of the message is an answer too.
  else if (outcome === 'delivered' || outcome === 'refused') await freeCredentials(db, use, ended.started_at);
  if (settlement.uncounted === true) await uncount(db, attempt, ended.month);
  return settled;
}

const NOTHING: Settled = { events: 0, received: [] };

/** It never reached the channel: neither the pace nor the month need count it, and an outage uses up neither. */
async function uncount(db: Database, attempt: number, month: string | null): Promise<void> {
  await db.updateTable('attempt').set({ paced_at: 0 }).where('id', '=', attempt).execute();
  if (month !== null) await uncountCall(db, month);
}

async function settleMessage(
  db: Database,
  lane: Selectable<LaneTable>,
  request: SettleRequest,
): Promise<Settled> {
  const { message, reason, detail, settlement, fallback, at } = request;
  const settled = settlement.message;
  switch (settled.kind) {
    case 'delivered': {
      await close(db, { message, state: 'delivered', reason, detail, at });
      const parts = await partsOf(db, message);
      await leaveLane(db, lane.id, eventCount(parts), { last_success_at: at });
      await takeOutElsewhere(db, { lane, parts, at });
      await voidToldElsewhere(db, { lane, parts, at });
      return { events: eventCount(parts), received: await releaseNotifications(db, parts, at) };
    }
    case 'again':
      await keepForLater(db, { lane, request, settled });
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
      const handedOver = fallback === undefined ? 0 : await handOverDead(db, lane, { parts, fallback, at });
      const given = { events: eventCount(parts), received: [] };
      return handedOver === 0 ? given : { ...given, handedOver };
    }
    default:
      return settled satisfies never;
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
