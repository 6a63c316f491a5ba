/**
 * What operations lock before they begin, always in one order. The operations themselves were written as if nobody else were at work; with
 * these locks nobody else is, as far as they can see.
 */
import { sql } from 'kysely';
import type { NewNotification } from '../contract.ts';
import type { Database } from '../operations/database.ts';
import { inChunks } from '../operations/rows.ts';
import { EMPTY_MEMORY, encodeMemory } from '../stream-memory.ts';

/** The database's time in milliseconds, as a column. */
export const NOW = sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/**
 * Locks the rows of these lanes and of all that are tied to them: lanes of one plugin may share a credential or a hold, a lane and its
 * fallback tell each other's events. Answers what time it is once they are locked.
 */
export async function lockLanes(db: Database, lanes: readonly string[] | 'all'): Promise<number> {
  const which = lanes === 'all' ? sql`true` : tiedTo(lanes);
  const { rows } = await sql<{ now: number }>`
    with locked as materialized (select id from lane where ${which} order by id for no key update)
    select count(*), ${NOW} as now from locked`.execute(db);
  return rows[0]?.now ?? 0;
}

function tiedTo(lanes: readonly string[]) {
  const names = sql`(${sql.join(lanes)})`;
  return sql`
    plugin in (select plugin from lane where name in ${names})
    or id in (
      select fallback_id from lane_link join lane as own on own.id = lane_link.lane_id where own.name in ${names}
    )
    or id in (
      select lane_id from lane_link join lane as own on own.id = lane_link.fallback_id where own.name in ${names}
    )`;
}

/**
 * Locks the memories of these notifications' groups, so that of two copies that come at once to two replicas one is known as a copy. New
 * ones come first, and only then all are locked, both in one order: who waits for a new one holds nothing that others wait for. Answers what
 * time it is once they are locked.
 */
export async function lockGroups(db: Database, notifications: readonly NewNotification[]): Promise<number> {
  const ids = [...new Set(notifications.map(({ repeat }) => repeat.groupId))].sort();
  const known = new Set<string>();
  for (const chunk of inChunks(ids)) for (const id of await knownGroups(db, chunk)) known.add(id);
  const rows = ids
    .filter((id) => !known.has(id))
    .map((id) => ({ id, memory: encodeMemory(EMPTY_MEMORY), updated_at: 0 }));
  for (const chunk of inChunks(rows))
    await db
      .insertInto('group_memory')
      .values(chunk)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  let now = 0;
  for (const chunk of inChunks(ids)) {
    const { rows: answer } = await sql<{ now: number }>`
      with locked as materialized (
        select id from group_memory where id in (${sql.join(chunk)}) order by id for no key update
      )
      select count(*), ${NOW} as now from locked`.execute(db);
    now = answer[0]?.now ?? now;
  }
  return now;
}

async function knownGroups(db: Database, ids: readonly string[]): Promise<string[]> {
  const rows = await db.selectFrom('group_memory').select('id').where('id', 'in', ids).execute();
  return rows.map(({ id }) => id);
}

/** What time it is there. */
export async function readNow(db: Database): Promise<number> {
  const { rows } = await sql<{ now: number }>`select ${NOW} as now`.execute(db);
  return rows[0]?.now ?? 0;
}
