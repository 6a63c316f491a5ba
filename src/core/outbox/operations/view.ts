/** view(): what a lane's worker reads before each step. Looks only at the front of the lane. */
import type { Selectable } from 'kysely';
import type { CredentialView, LaneView, OpenMessage, ViewRequest } from '../contract.ts';
import type { LaneCredentialTable, LaneTable, MessageTable } from '../schema.ts';
import { clampFuture } from './clamp-future.ts';
import { type Database, laneByName } from './database.ts';
import { holdOf, isProbed } from './holds.ts';
import { runKept } from './kept-statements.ts';
import { oldestOf, troubleOf } from './lanes.ts';
import { parseMends } from './mends.ts';
import { readMonthCalls } from './month-calls.ts';
import { unpack } from './packed.ts';
import { pageOf } from './page.ts';

/** More starts than any pace counts. */
const STARTS_READ = 100;

/** See Outbox.view(). */
export async function view(db: Database, request: ViewRequest): Promise<LaneView> {
  const { lane: name, at, month } = request;
  const lane = await laneByName(db, name);
  const held = { credentials: await credentialsOf(db, lane.id), unsettled: await unsettledOf(db, lane.id) };
  if (await clampFuture(db, { lane, ...held }, at)) return await view(db, request);

  const startsRead = request.latestStartOnly === true ? 1 : STARTS_READ;
  const credentials: CredentialView[] = [];
  for (const credential of held.credentials)
    credentials.push(await viewCredential(db, lane, { credential, at, startsRead }));
  const current = held.unsettled.find(({ state }) => state === 'open');
  const setAside = nextSetAside(held.unsettled, at);
  const sealed = held.unsettled.reduce((sum, { events }) => sum + events, 0);
  const empty = lane.waiting === sealed;
  return {
    credentials,
    trouble: troubleOf(lane),
    doubts: { failures: lane.doubted_failures, refusals: lane.doubted_refusals },
    current: current && (await messageById(db, lane, current.id)),
    setAside: setAside && (await messageById(db, lane, setAside.id)),
    unsealed: lane.waiting - sealed,
    frontRank: empty ? undefined : await frontRankOf(db, lane.id),
    part: lane.storm_parts + 1,
    waiting: lane.waiting,
    oldestAt: lane.waiting === 0 ? undefined : await oldestOf(db, lane.id),
    lastCriticalAt: lane.last_critical_at === null ? undefined : Math.min(lane.last_critical_at, at),
    expired: lane.expired_untold,
    monthCalls: month === undefined ? 0 : ((await readMonthCalls(db, [month])).get(month) ?? 0),
    ...(request.page === undefined || empty || current !== undefined
      ? {}
      : {
          page: await pageOf(db, {
            laneId: lane.id,
            // Alerts are set aside with a message that is not settled.
            hasSetAside: held.unsettled.length > 0,
            ...request.page,
          }),
        }),
  };
}

async function credentialsOf(db: Database, laneId: number): Promise<Selectable<LaneCredentialTable>[]> {
  return await runKept(db, 'credentials', {
    build: () => db.selectFrom('lane_credential').selectAll().where('lane_id', '=', laneId).compile(),
    parameters: [laneId],
  });
}

type Unsettled = Pick<
  Selectable<MessageTable>,
  'id' | 'state' | 'events' | 'retry_at' | 'retry_set_at' | 'last_attempt'
>;

/** Those that are due have their turns by order, so that none of them keeps the others waiting. */
function nextSetAside(unsettled: readonly Unsettled[], at: number): Unsettled | undefined {
  const setAside = unsettled.filter(({ state }) => state === 'aside');
  const [longestUntried] = setAside
    .filter(({ retry_at }) => retry_at <= at)
    .sort((a, b) => (a.last_attempt ?? 0) - (b.last_attempt ?? 0));
  return longestUntried ?? setAside[0];
}

/** The messages that the lane has sealed and not settled, the one that is due first at the front. */
async function unsettledOf(db: Database, laneId: number): Promise<Unsettled[]> {
  return await runKept(db, 'unsettled', {
    build: () =>
      db
        .selectFrom('message')
        .select(['id', 'state', 'events', 'retry_at', 'retry_set_at', 'last_attempt'])
        .where('lane_id', '=', laneId)
        .where('settled_at', 'is', null)
        .orderBy('retry_at')
        .compile(),
    parameters: [laneId],
  });
}

async function messageById(db: Database, lane: Selectable<LaneTable>, id: number): Promise<OpenMessage> {
  const row = await db.selectFrom('message').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return openMessage(row, { lane, body: unpack(row.body) });
}

async function frontRankOf(db: Database, laneId: number): Promise<number | undefined> {
  const [front] = await runKept(db, 'front rank', {
    build: () =>
      db.selectFrom('run').select('rank').where('lane_id', '=', laneId).orderBy('rank').limit(1).compile(),
    parameters: [laneId, 1],
  });
  return front?.rank;
}

async function viewCredential(
  db: Database,
  lane: Selectable<LaneTable>,
  {
    credential,
    at,
    startsRead,
  }: { credential: Selectable<LaneCredentialTable>; at: number; startsRead: number },
): Promise<CredentialView> {
  const { pace_key: paceKey, hold_scope } = credential;
  const starts = await runKept(db, 'starts', {
    build: () =>
      db
        .selectFrom('attempt')
        .select('paced_at')
        .where('pace_key', '=', paceKey)
        // Those that never reached the channel must not push the others out of what is read.
        .where('paced_at', '>', 0)
        .orderBy('paced_at', 'desc')
        .limit(startsRead)
        .compile(),
    parameters: [paceKey, 0, startsRead],
  });
  const hold = holdOf(credential);
  const isOver = hold !== undefined && hold.until <= at;
  return {
    paceKey,
    hold,
    probed: isOver && (await isProbed(db, { laneId: lane.id, plugin: lane.plugin, paceKey }, hold_scope)),
    starts: starts.map(({ paced_at }) => paced_at).sort((a, b) => a - b),
    paceMark: await latestAttempt(db, paceKey),
  };
}

/** The latest attempt under this key; 0 if there was none. */
export async function latestAttempt(db: Database, paceKey: string): Promise<number> {
  const [latest] = await runKept(db, 'latest attempt', {
    build: () =>
      db
        .selectFrom('attempt')
        .select('id')
        .where('pace_key', '=', paceKey)
        .orderBy('id', 'desc')
        .limit(1)
        .compile(),
    parameters: [paceKey, 1],
  });
  return latest?.id ?? 0;
}

/** A message's row as its lane sees it, and its body. */
export function openMessage(
  row: Omit<Selectable<MessageTable>, 'body'>,
  { lane, body }: { readonly lane: Pick<Selectable<LaneTable>, 'deliveries'>; readonly body: string },
): OpenMessage {
  return {
    ref: row.id,
    id: row.uuid,
    form: row.form,
    body,
    retryAt: row.retry_at,
    paceKey: row.pace_key,
    history: {
      events: row.events,
      attempts: row.attempts,
      ownFailures: row.own_failures,
      setAside: row.state === 'aside',
      othersPassed: row.failed_after !== null && lane.deliveries > row.failed_after,
      ambiguous: row.ambiguous === 1,
      mends: parseMends(row.mends),
      sealedAt: row.sealed_at,
    },
  };
}
