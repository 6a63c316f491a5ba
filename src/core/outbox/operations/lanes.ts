/** Lanes as a whole: made known at start, read for metrics. holds.ts keeps what stops them. */
import { type Selectable, sql } from 'kysely';
import { SEVERITIES } from '../../event/severity.ts';
import type { DelayCause } from '../../plugin/contract.ts';
import type { LaneReading, LaneSetup, Trouble } from '../contract.ts';
import type { LaneTable } from '../schema.ts';
import type { Database } from './database.ts';
import { FREE, holdOf } from './holds.ts';

/** See Outbox.registerLanes(). */
export async function registerLanes(db: Database, lanes: readonly LaneSetup[], at: number): Promise<void> {
  await closeInterruptedAttempts(db, at);
  for (const { name, plugin, paceKeys, configHash } of lanes) {
    const before = await db
      .selectFrom('lane')
      .select(['id', 'config_hash'])
      .where('name', '=', name)
      .executeTakeFirst();
    const setup = { plugin, config_hash: configHash };
    if (before === undefined) {
      const { id } = await db
        .insertInto('lane')
        .values({ name, ...setup })
        .returning('id')
        .executeTakeFirstOrThrow();
      await knowCredentials(db, id, paceKeys);
      continue;
    }
    // What was waiting out a back-off may go at once: a restart is often the cure.
    const retry = { retry_at: at, retry_set_at: at };
    await db
      .updateTable('lane')
      .set({ ...setup, ...retry })
      .where('id', '=', before.id)
      .execute();
    await knowCredentials(db, before.id, paceKeys);
    if (before.config_hash !== configHash) await freeBlocked(db, before.id);
    await db
      .updateTable('message')
      .set(retry)
      .where('lane_id', '=', before.id)
      .where('state', '=', 'open')
      .where('settled_at', 'is', null)
      .execute();
  }
}

/** The holds of credentials that the lane had before stay. */
async function knowCredentials(db: Database, laneId: number, paceKeys: readonly string[]): Promise<void> {
  await db
    .deleteFrom('lane_credential')
    .where('lane_id', '=', laneId)
    .where('pace_key', 'not in', [...paceKeys])
    .execute();
  for (const pace_key of paceKeys) {
    await db
      .insertInto('lane_credential')
      .values({ lane_id: laneId, pace_key })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function freeBlocked(db: Database, laneId: number): Promise<void> {
  await db
    .updateTable('lane_credential')
    .set({ ...FREE, hold_count: 0 })
    .where('lane_id', '=', laneId)
    .where('hold', '=', 'blocked')
    .execute();
}

/** See Outbox.readLanes(). */
export async function readLanes(db: Database): Promise<LaneReading[]> {
  const lanes = await db.selectFrom('lane').selectAll().orderBy('name').execute();
  const credentials = await db.selectFrom('lane_credential').selectAll().execute();
  const readings: LaneReading[] = [];
  for (const lane of lanes) {
    const own = credentials.filter((credential) => credential.lane_id === lane.id);
    readings.push({
      lane: lane.name,
      waitingEvents: lane.waiting,
      oldestAt: lane.waiting === 0 ? undefined : await oldestOf(db, lane.id),
      credentials: own.length,
      holds: own.flatMap((credential) => holdOf(credential) ?? []),
      trouble: troubleOf(lane),
      lastSuccessAt: lane.last_success_at ?? undefined,
    });
  }
  return readings;
}

/** What last kept the lane from delivering; undefined if nothing ever did. */
export function troubleOf(lane: Selectable<LaneTable>): Trouble | undefined {
  const { trouble, trouble_since, trouble_ended_at, trouble_failures, retry_at } = lane;
  if (trouble === null || trouble_since === null) return undefined;
  return {
    // Only settle() writes this column.
    cause: trouble as DelayCause,
    since: trouble_since,
    ...(trouble_ended_at === null ? {} : { endedAt: trouble_ended_at }),
    failures: trouble_failures,
    retryAt: retry_at ?? 0,
  };
}

/** Runs at the front of each rank: what is tried again stands before what has waited for longer. */
const FRONT_READ = 16;

/** Since when the longest waiting event of the lane waits: the front of each rank, and the messages under way. */
export async function oldestOf(db: Database, laneId: number): Promise<number | undefined> {
  const fronts = SEVERITIES.map(
    (_, rank) =>
      sql`select * from (select waiting_since from run where lane_id = ${laneId} and rank = ${rank} order by piece_id, first limit ${FRONT_READ}) as front`,
  );
  const sealed = sql`select min(oldest_at) as waiting_since from message where lane_id = ${laneId} and settled_at is null`;
  const { rows } = await sql<{ oldest: number | null }>`
    select min(waiting_since) as oldest from (${sql.join([...fronts, sealed], sql` union all `)}) as fronts`.execute(
    db,
  );
  return rows[0]?.oldest ?? undefined;
}

/** Attempts of a notifierd that was killed: whether they reached anybody is unknown. */
async function closeInterruptedAttempts(db: Database, at: number): Promise<void> {
  const interrupted = await db
    .selectFrom('attempt')
    .select(['id', 'message_id'])
    .where('ended_at', 'is', null)
    .execute();
  for (const { id, message_id } of interrupted) {
    await db
      .updateTable('attempt')
      .set({
        ended_at: at,
        outcome: 'retry',
        reason: 'aborted',
        detail: 'notifierd ended during the attempt',
      })
      .where('id', '=', id)
      .execute();
    await db
      .updateTable('message')
      .set({ ambiguous: 1 })
      .where('id', '=', message_id)
      .where('settled_at', 'is', null)
      .execute();
  }
}
