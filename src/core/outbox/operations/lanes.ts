/** Lanes as a whole: made known at start, read for metrics. holds.ts keeps what stops them. */
import { type Selectable, sql } from 'kysely';
import { SEVERITIES } from '../../event/severity.ts';
import type { DelayCause } from '../../plugin/contract.ts';
import type { Reason } from '../../plugin/outcome.ts';
import type { LaneReading, LaneSetup, Trouble } from '../contract.ts';
import type { LaneTable } from '../schema.ts';
import { countDeadLetters } from './count-dead-letters.ts';
import type { Database } from './database.ts';
import { holdOf } from './holds.ts';
import { runKept } from './kept-statements.ts';

/** See Outbox.registerLanes(). */
export async function registerLanes(db: Database, lanes: readonly LaneSetup[]): Promise<void> {
  for (const { name, plugin, configHash } of lanes) {
    await db
      .insertInto('lane')
      .values({ name, plugin, config_hash: configHash })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
  }
  for (const { name, fallback } of lanes) if (fallback !== undefined) await linkLanes(db, name, fallback);
}

/** Links stay although the configuration changes: what was handed over may wait for long. */
async function linkLanes(db: Database, lane: string, fallback: string): Promise<void> {
  await db
    .insertInto('lane_link')
    .columns(['lane_id', 'fallback_id'])
    .expression((eb) =>
      eb
        .selectFrom('lane as origin')
        .innerJoin('lane as fallback', (join) => join.on('fallback.name', '=', fallback))
        .select(['origin.id', 'fallback.id as fallback_id'])
        .where('origin.name', '=', lane),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** See Outbox.readLanes(). */
export async function readLanes(db: Database): Promise<LaneReading[]> {
  const lanes = await db.selectFrom('lane').selectAll().orderBy('name').execute();
  const credentials = await db.selectFrom('lane_credential').selectAll().execute();
  const dead = await countDeadLetters(db);
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
      ...(dead.get(lane.id) ?? { deadLetters: 0 }),
    });
  }
  return readings;
}

/** What last kept the lane from delivering; undefined if nothing ever did. */
export function troubleOf(lane: Selectable<LaneTable>): Trouble | undefined {
  const { trouble, trouble_since, trouble_ended_at, trouble_failures, trouble_reason, retry_at } = lane;
  if (trouble === null || trouble_since === null) return undefined;
  return {
    // Only settle() writes this column and that of the reason.
    cause: trouble as DelayCause,
    since: trouble_since,
    ...(trouble_ended_at === null ? {} : { endedAt: trouble_ended_at }),
    failures: trouble_failures,
    retryAt: retry_at ?? 0,
    ...(trouble_reason === null
      ? {}
      : { toAll: { reason: trouble_reason as Reason, detail: lane.trouble_detail ?? '' } }),
  };
}

/** Runs at the front of each rank: what is tried again stands before what has waited for longer. */
const FRONT_READ = 16;

/** Since when the longest waiting event of the lane waits: the front of each rank, and the messages under way. */
export async function oldestOf(db: Database, laneId: number): Promise<number | undefined> {
  const [row] = await runKept(db, 'oldest', {
    build: () => {
      const fronts = SEVERITIES.map(
        (_, rank) =>
          sql`select * from (select waiting_since from run where lane_id = ${laneId} and rank = ${sql.lit(rank)} order by piece_id, first limit ${sql.lit(FRONT_READ)}) as front`,
      );
      const sealed = sql`select min(oldest_at) as waiting_since from message where lane_id = ${laneId} and settled_at is null`;
      return sql<{ oldest: number | null }>`
        select min(waiting_since) as oldest from (${sql.join([...fronts, sealed], sql` union all `)}) as fronts`.compile(
        db,
      );
    },
    parameters: [...SEVERITIES.map(() => laneId), laneId],
  });
  return row?.oldest ?? undefined;
}
