/** view(): what a lane's worker reads before each step. Looks only at the front of the lane. */
import type { Selectable } from 'kysely';
import type { CredentialView, LaneView, OpenMessage, ViewRequest } from '../contract.ts';
import type { LaneCredentialTable, LaneTable, MessageTable } from '../schema.ts';
import { clampFuture } from './clamp-future.ts';
import { type Database, laneByName } from './database.ts';
import { holdOf, isProbed } from './holds.ts';
import { oldestOf, troubleOf } from './lanes.ts';
import { parseMends } from './mends.ts';
import { readMonthCalls } from './month-calls.ts';

/** More starts than any pace counts. */
const STARTS_READ = 100;

/** See Outbox.view(). */
export async function view(db: Database, { lane: name, at, month }: ViewRequest): Promise<LaneView> {
  const seen = await laneByName(db, name);
  await clampFuture(db, { lane: seen, credentials: await credentialsOf(db, seen.id) }, at);
  const lane = await laneByName(db, name);
  const credentials: CredentialView[] = [];
  for (const credential of await credentialsOf(db, lane.id))
    credentials.push(await viewCredential(db, lane, { credential, at }));
  const unsettled = db
    .selectFrom('message')
    .selectAll()
    .where('lane_id', '=', lane.id)
    .where('settled_at', 'is', null)
    .orderBy('retry_at')
    .limit(1);
  const current = await unsettled.where('state', '=', 'open').executeTakeFirst();
  const setAside = await unsettled.where('state', '=', 'aside').executeTakeFirst();
  const { sealed } = await db
    .selectFrom('message')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('events'), eb.lit(0)).as('sealed'))
    .where('lane_id', '=', lane.id)
    .where('settled_at', 'is', null)
    .executeTakeFirstOrThrow();
  const front = await db
    .selectFrom('run')
    .select('rank')
    .where('lane_id', '=', lane.id)
    .orderBy('rank')
    .limit(1)
    .executeTakeFirst();
  return {
    credentials,
    trouble: troubleOf(lane),
    current: current && openMessage(current),
    setAside: setAside && openMessage(setAside),
    unsealed: lane.waiting - Number(sealed),
    frontRank: front?.rank,
    part: lane.storm_parts + 1,
    waiting: lane.waiting,
    oldestAt: lane.waiting === 0 ? undefined : await oldestOf(db, lane.id),
    lastCriticalAt: lane.last_critical_at === null ? undefined : Math.min(lane.last_critical_at, at),
    expired: lane.expired_untold,
    monthCalls: month === undefined ? 0 : ((await readMonthCalls(db, [month]))[month] ?? 0),
  };
}

async function credentialsOf(db: Database, laneId: number): Promise<Selectable<LaneCredentialTable>[]> {
  return await db.selectFrom('lane_credential').selectAll().where('lane_id', '=', laneId).execute();
}

async function viewCredential(
  db: Database,
  lane: Selectable<LaneTable>,
  { credential, at }: { credential: Selectable<LaneCredentialTable>; at: number },
): Promise<CredentialView> {
  const { pace_key: paceKey, hold_scope } = credential;
  const attempts = await db
    .selectFrom('attempt')
    .select(['id', 'paced_at'])
    .where('pace_key', '=', paceKey)
    .orderBy('id', 'desc')
    .limit(STARTS_READ)
    .execute();
  const hold = holdOf(credential);
  const isOver = hold !== undefined && hold.until <= at;
  return {
    paceKey,
    hold,
    probed: isOver && (await isProbed(db, { laneId: lane.id, plugin: lane.plugin, paceKey }, hold_scope)),
    starts: attempts.map((attempt) => attempt.paced_at).sort((a, b) => a - b),
    paceMark: attempts[0]?.id ?? 0,
  };
}

/** A message's row as the lane sees it. */
export function openMessage(row: Selectable<MessageTable>): OpenMessage {
  return {
    ref: row.id,
    id: row.uuid,
    form: row.form,
    body: row.body,
    retryAt: row.retry_at,
    paceKey: row.pace_key,
    history: {
      events: row.events,
      attempts: row.attempts,
      ownFailures: row.own_failures,
      ambiguous: row.ambiguous === 1,
      mends: parseMends(row.mends),
      sealedAt: row.sealed_at,
    },
  };
}
