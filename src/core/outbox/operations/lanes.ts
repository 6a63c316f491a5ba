/** Lanes as a whole: made known at start, read for metrics, held and freed. */
import { type Selectable, sql } from 'kysely';
import { SEVERITIES } from '../../event/severity.ts';
import type { Reason } from '../../plugin/outcome.ts';
import type { Hold, LaneReading, LaneSetup, Settlement } from '../contract.ts';
import type { LaneTable } from '../schema.ts';
import { type Database, laneByName } from './database.ts';

/** Column values of a lane that is free to send. */
export const FREE = {
  hold: null,
  hold_reason: null,
  hold_detail: null,
  hold_since: null,
  hold_until: null,
} as const;

/** See Outbox.registerLanes(). */
export async function registerLanes(db: Database, lanes: readonly LaneSetup[], at: number): Promise<void> {
  await closeInterruptedAttempts(db, at);
  for (const { name, plugin, paceKey, configHash } of lanes) {
    const before = await db.selectFrom('lane').selectAll().where('name', '=', name).executeTakeFirst();
    const setup = { plugin, pace_key: paceKey, config_hash: configHash };
    if (before === undefined) {
      await db
        .insertInto('lane')
        .values({ name, ...setup })
        .execute();
      continue;
    }
    const mended = before.hold === 'blocked' && before.config_hash !== configHash;
    await db
      .updateTable('lane')
      .set({ ...setup, ...(mended ? { ...FREE, hold_count: 0 } : {}) })
      .where('id', '=', before.id)
      .execute();
    // What was waiting out a back-off may go at once: a restart is often the cure.
    await db
      .updateTable('message')
      .set({ retry_at: at, retry_set_at: at })
      .where('lane_id', '=', before.id)
      .where('state', '=', 'open')
      .where('settled_at', 'is', null)
      .execute();
  }
}

/** See Outbox.readLanes(). */
export async function readLanes(db: Database): Promise<LaneReading[]> {
  const lanes = await db.selectFrom('lane').selectAll().orderBy('name').execute();
  const readings: LaneReading[] = [];
  for (const lane of lanes) {
    readings.push({
      lane: lane.name,
      waitingEvents: lane.waiting,
      oldestAt: lane.waiting === 0 ? undefined : await oldestOf(db, lane.id),
      hold: holdOf(lane),
      lastSuccessAt: lane.last_success_at ?? undefined,
    });
  }
  return readings;
}

/** The hold on a lane, over or not; undefined if there is none. */
export function holdOf(lane: Selectable<LaneTable>): Hold | undefined {
  if (lane.hold === null || lane.hold_since === null || lane.hold_until === null) return undefined;
  return {
    kind: lane.hold === 'blocked' ? 'blocked' : 'parked',
    // Only holdLanes() writes this column.
    reason: (lane.hold_reason ?? 'rate_limited') as Reason,
    detail: lane.hold_detail ?? '',
    since: lane.hold_since,
    until: lane.hold_until,
    count: lane.hold_count,
  };
}

/** Holds this lane, or with it all that share its credential or its plugin. */
export async function holdLanes(
  db: Database,
  { lane: name, hold, at }: { lane: string; hold: NonNullable<Settlement['hold']>; at: number },
): Promise<void> {
  const lane = await laneByName(db, name);
  await db
    .updateTable('lane')
    .set({
      hold: hold.kind,
      hold_reason: hold.reason,
      hold_detail: hold.detail,
      hold_since: at,
      hold_until: hold.until,
      hold_count: hold.count,
    })
    .$if(hold.scope === 'lane', (update) => update.where('id', '=', lane.id))
    .$if(hold.scope === 'credential', (update) => update.where('pace_key', '=', lane.pace_key))
    .$if(hold.scope === 'plugin', (update) => update.where('plugin', '=', lane.plugin))
    .execute();
}

/** When the longest waiting event of the lane was received: the first run of each rank, and the messages under way. */
export async function oldestOf(db: Database, laneId: number): Promise<number | undefined> {
  const fronts = SEVERITIES.map(
    (_, rank) =>
      sql`select * from (select received_at from run where lane_id = ${laneId} and rank = ${rank} order by piece_id, first limit 1) as front`,
  );
  const sealed = sql`select min(oldest_at) as received_at from message where lane_id = ${laneId} and settled_at is null`;
  const { rows } = await sql<{ oldest: number | null }>`
    select min(received_at) as oldest from (${sql.join([...fronts, sealed], sql` union all `)}) as fronts`.execute(
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
