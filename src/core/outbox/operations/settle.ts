/** settle(): the commit after a send. Records the attempt's end, what becomes of its message, and a hold on lanes if there is one. */
import type { Selectable } from 'kysely';
import type { MessageSettlement, Settled, SettleRequest } from '../contract.ts';
import type { LaneTable, MessagePartTable } from '../schema.ts';
import { type Database, laneByName } from './database.ts';
import { FREE, holdLanes } from './lanes.ts';
import { formatMends } from './view.ts';

/** See Outbox.settle(). */
export async function settle(db: Database, request: SettleRequest): Promise<Settled> {
  const { attempt, outcome, reason, detail, settlement, at } = request;
  const ended = await db
    .updateTable('attempt')
    .set({ ended_at: at, outcome, reason, detail })
    .where('id', '=', attempt)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (ended.numUpdatedRows === 0n) return NOTHING;

  const lane = await laneByName(db, request.lane);
  await db.updateTable('message').set({ reason, detail }).where('id', '=', request.message).execute();
  const settled = await settleMessage(db, lane, request);
  if (settlement.hold !== undefined) await holdLanes(db, { lane: request.lane, hold: settlement.hold, at });
  return settled;
}

const NOTHING: Settled = { events: 0, received: [] };

async function settleMessage(
  db: Database,
  lane: Selectable<LaneTable>,
  { message, settlement, at }: SettleRequest,
): Promise<Settled> {
  const settled = settlement.message;
  switch (settled.kind) {
    case 'delivered': {
      await close(db, { message, state: 'delivered', at });
      const parts = await partsOf(db, message);
      await leaveLane(db, lane.id, eventCount(parts));
      await db
        .updateTable('lane')
        .set({ ...FREE, hold_count: 0, last_success_at: at })
        .where('id', '=', lane.id)
        .execute();
      return { events: eventCount(parts), received: await releaseNotifications(db, parts, at) };
    }
    case 'again':
      await keepForLater(db, { lane, message, settled, at });
      return NOTHING;
    case 'recompose':
      await close(db, { message, state: 'voided', at });
      await returnToLane(db, { lane, message, settled });
      return NOTHING;
    case 'dead': {
      await close(db, { message, state: 'dead', at });
      const parts = await partsOf(db, message);
      await leaveLane(db, lane.id, eventCount(parts));
      return { events: eventCount(parts), received: [] };
    }
    default:
      return settled satisfies never;
  }
}

async function close(
  db: Database,
  { message, state, at }: { message: number; state: 'delivered' | 'voided' | 'dead'; at: number },
): Promise<void> {
  await db.updateTable('message').set({ state, settled_at: at }).where('id', '=', message).execute();
  await db.deleteFrom('set_aside_alert').where('message_id', '=', message).execute();
}

async function keepForLater(
  db: Database,
  {
    lane,
    message,
    settled,
    at,
  }: {
    lane: Selectable<LaneTable>;
    message: number;
    settled: Extract<MessageSettlement, { kind: 'again' }>;
    at: number;
  },
): Promise<void> {
  const { history, freshId } = settled;
  await db
    .updateTable('message')
    .set({
      state: settled.setAside ? 'aside' : 'open',
      retry_at: settled.at,
      retry_set_at: at,
      channel_failures: history.channelFailures,
      own_failures: history.ownFailures,
      ambiguous: history.ambiguous ? 1 : 0,
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

/** The events wait again, at their old places in the order: in front of all that came after them. */
async function returnToLane(
  db: Database,
  {
    lane,
    message,
    settled,
  }: {
    lane: Selectable<LaneTable>;
    message: number;
    settled: Extract<MessageSettlement, { kind: 'recompose' }>;
  },
): Promise<void> {
  const { oldest_at } = await db
    .selectFrom('message')
    .select('oldest_at')
    .where('id', '=', message)
    .executeTakeFirstOrThrow();
  for (const { rank, piece_id, first, last } of await partsOf(db, message)) {
    await db
      .insertInto('run')
      .values({
        lane_id: lane.id,
        rank,
        piece_id,
        first,
        last,
        received_at: oldest_at,
        mends: formatMends(settled.mends),
        at_most: settled.atMost,
      })
      .execute();
  }
}

async function partsOf(db: Database, message: number): Promise<Selectable<MessagePartTable>[]> {
  return await db
    .selectFrom('message_part')
    .selectAll()
    .where('message_id', '=', message)
    .orderBy('ordinal')
    .execute();
}

function eventCount(parts: readonly { first: number; last: number }[]): number {
  return parts.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

async function leaveLane(db: Database, laneId: number, events: number): Promise<void> {
  await db
    .updateTable('lane')
    .set((eb) => ({
      waiting: eb('waiting', '-', events),
      // An empty lane ends the storm.
      storm_parts: eb.case().when('waiting', '<=', events).then(0).else(eb.ref('storm_parts')).end(),
    }))
    .where('id', '=', laneId)
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
