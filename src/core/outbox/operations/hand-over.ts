/**
 * handOver(): the events of a lane that cannot deliver wait in its fallback's lane as well, and those that it gives up on go there at
 * once. told-once.ts keeps them from being told twice.
 */
import type { Selectable } from 'kysely';
import type { HandedOver, HandOverRequest, StandIn } from '../contract.ts';
import type { LaneTable, MessagePartTable, RunTable } from '../schema.ts';
import { type Database, leasedLane } from './database.ts';
import { releaseNotifications } from './parts.ts';
import { cutOut, eventCount, insertRuns, leaveLane, type Range } from './runs.ts';

/** Runs, and parts of messages, that one call hands over. */
const AT_ONCE = 64;

/** See Outbox.handOver(). */
export async function handOver(db: Database, request: HandOverRequest): Promise<HandedOver> {
  const from = await leasedLane(db, request, request.at);
  const to = await findLane(db, request.to);
  if (to === undefined || request.ranks.length === 0) return { events: 0, more: false };
  const between = { from, to, tellTwice: request.tellTwice, at: request.at };
  const runs = await db
    .selectFrom('run')
    .selectAll()
    .where('lane_id', '=', from.id)
    .where('rank', 'in', [...request.ranks])
    .where('handed_to', 'is', null)
    // What it tells in another's place goes no further: two fallbacks never play it to and fro.
    .where('fallback_of', 'is', null)
    .orderBy('rank')
    .orderBy('piece_id')
    .limit(AT_ONCE)
    .execute();
  // What is sealed may have reached people, or not: it goes its way, and is told there as well.
  const parts = await db
    .selectFrom('message_part')
    .innerJoin('message', 'message.id', 'message_part.message_id')
    .selectAll('message_part')
    .where('message.lane_id', '=', from.id)
    .where('message.settled_at', 'is', null)
    .where('message_part.rank', 'in', [...request.ranks])
    .where('message_part.handed_to', 'is', null)
    .where('message_part.fallback_of', 'is', null)
    .limit(AT_ONCE)
    .execute();
  let events = 0;
  for (const run of runs) events += await handOverRun(db, run, between);
  for (const part of parts) events += await handOverPart(db, part, between);
  await leaveLane(db, to.id, -events);
  return { events, more: runs.length === AT_ONCE || parts.length === AT_ONCE };
}

/** The events of a message that was given up on just now. */
export interface DeadEvents {
  readonly parts: readonly Selectable<MessagePartTable>[];
  readonly fallback: StandIn;
  readonly at: number;
}

/** Part of settle(): answers how many of them the fallback's lane has got. What it has or has told already, it is not given again. */
export async function handOverDead(
  db: Database,
  from: Selectable<LaneTable>,
  { parts, fallback, at }: DeadEvents,
): Promise<number> {
  const to = await findLane(db, fallback.to);
  if (to === undefined) return 0;
  let events = 0;
  for (const part of parts) {
    if (part.handed_to !== null || part.fallback_of !== null || !fallback.ranks.includes(part.rank)) continue;
    // There is nothing left that this lane could tell as well.
    events += await handOverPart(db, part, { from, to, tellTwice: false, at });
  }
  await leaveLane(db, to.id, -events);
  return events;
}

async function findLane(db: Database, name: string): Promise<Selectable<LaneTable> | undefined> {
  return await db.selectFrom('lane').selectAll().where('name', '=', name).executeTakeFirst();
}

async function handOverPart(
  db: Database,
  part: Selectable<MessagePartTable>,
  between: Between,
): Promise<number> {
  const { from, to, tellTwice } = between;
  const stretches = await stretchesOf(db, part, to);
  const events = await copy(db, { ...part, stretches }, between);
  // What the routes sent there is told there by itself: that says nothing of this lane.
  const isToldThere = !tellTwice && stretches.every(({ standing }) => standing !== 'own');
  await db
    .updateTable('message_part')
    .set({ handed_to: isToldThere ? to.id : from.id })
    .where('message_id', '=', part.message_id)
    .where('ordinal', '=', part.ordinal)
    .execute();
  return events;
}

interface Between {
  readonly from: Selectable<LaneTable>;
  readonly to: Selectable<LaneTable>;
  readonly tellTwice: boolean;
  readonly at: number;
}

/** An event's standing in the fallback's lane: not there, waiting or told there in some lane's place, or there by the routes. */
type Standing = 'missing' | 'shared' | 'told' | 'own';

interface Stretch extends Range {
  readonly standing: Standing;
}

async function handOverRun(db: Database, run: Selectable<RunTable>, between: Between): Promise<number> {
  const { from, to, tellTwice, at } = between;
  const stretches = await stretchesOf(db, run, to);
  await cutOut(db, run, run);
  for (const { first, last, standing } of stretches) {
    if (standing === 'told' && !tellTwice) {
      await leaveLane(db, from.id, eventCount([{ first, last }]));
      await releaseNotifications(db, [{ piece_id: run.piece_id, first, last }], at);
      continue;
    }
    const isToldThere = standing !== 'own' && !tellTwice;
    await insertRuns(db, [{ ...run, first, last, handed_to: isToldThere ? to.id : from.id }]);
  }
  return await copy(db, { ...run, stretches }, between);
}

type PlacedRange = Range & Pick<Selectable<RunTable>, 'rank' | 'piece_id' | 'waiting_since'>;

async function copy(
  db: Database,
  { rank, piece_id, waiting_since, stretches }: PlacedRange & { readonly stretches: readonly Stretch[] },
  { from, to }: Between,
): Promise<number> {
  const missing = stretches.filter(({ standing }) => standing === 'missing');
  const place = { lane_id: to.id, rank, piece_id, waiting_since, fallback_of: from.id };
  await insertRuns(
    db,
    missing.map(({ first, last }) => ({ ...place, first, last })),
  );
  const events = eventCount(missing);
  if (events > 0) {
    await db
      .updateTable('notification')
      .set((eb) => ({ pending: eb('pending', '+', events) }))
      .where('id', '=', (eb) => eb.selectFrom('piece').select('notification_id').where('id', '=', piece_id))
      .execute();
  }
  return events;
}

/** A range cut where the standing of its events changes. */
async function stretchesOf(db: Database, range: PlacedRange, to: Selectable<LaneTable>): Promise<Stretch[]> {
  const known = await knownIn(db, to, range.piece_id);
  const stretches: Stretch[] = [];
  for (let index = range.first; index <= range.last; index++) {
    const found = known.find(({ first, last }) => first <= index && index <= last);
    const standing = found === undefined ? 'missing' : found.standing;
    const before = stretches.at(-1);
    if (before?.standing === standing) stretches[stretches.length - 1] = { ...before, last: index };
    else stretches.push({ first: index, last: index, standing });
  }
  return stretches;
}

/** What the lane has of the piece, waiting or in messages, whatever became of these. */
async function knownIn(db: Database, { id }: Selectable<LaneTable>, piece: number): Promise<Stretch[]> {
  const waiting = await db
    .selectFrom('run')
    .select(['first', 'last', 'fallback_of'])
    .where('lane_id', '=', id)
    .where('piece_id', '=', piece)
    .execute();
  const sealed = await db
    .selectFrom('message_part')
    .innerJoin('message', 'message.id', 'message_part.message_id')
    .select(['message_part.first', 'message_part.last', 'message_part.fallback_of', 'message.state'])
    .where('message_part.piece_id', '=', piece)
    .where('message.lane_id', '=', id)
    .where('message.state', 'not in', ['voided', 'revived'])
    .execute();
  return [...waiting, ...sealed].map(({ first, last, fallback_of, ...message }) => {
    if (fallback_of === null) return { first, last, standing: 'own' };
    const isTold = 'state' in message && message.state === 'delivered';
    return { first, last, standing: isTold ? 'told' : 'shared' };
  });
}
