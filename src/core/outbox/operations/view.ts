/** view() and page(): what a lane's worker reads before each step. Both look only at the front of the lane. */
import type { Selectable } from 'kysely';
import type { Mend } from '../../plugin/contract.ts';
import type { EventPage, LaneView, OpenMessage, PageRequest, StoredEvent } from '../contract.ts';
import type { MessageTable } from '../schema.ts';
import { clampFuture } from './clamp-future.ts';
import { type Database, laneByName } from './database.ts';
import { holdOf, oldestOf } from './lanes.ts';

/** More starts than any pace counts. */
const STARTS_READ = 100;
/** Runs read at a time while a page fills. */
const RUNS_READ = 64;

/** See Outbox.view(). */
export async function view(db: Database, name: string, at: number): Promise<LaneView> {
  await clampFuture(db, await laneByName(db, name), at);
  const lane = await laneByName(db, name);
  const attempts = await db
    .selectFrom('attempt')
    .select(['id', 'paced_at'])
    .where('pace_key', '=', lane.pace_key)
    .orderBy('id', 'desc')
    .limit(STARTS_READ)
    .execute();
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
    hold: holdOf(lane),
    starts: attempts.map((attempt) => attempt.paced_at).sort((a, b) => a - b),
    paceMark: attempts[0]?.id ?? 0,
    current: current && openMessage(current),
    setAside: setAside && openMessage(setAside),
    unsealed: lane.waiting - Number(sealed),
    frontRank: front?.rank,
    part: lane.storm_parts + 1,
    waiting: lane.waiting,
    oldestAt: lane.waiting === 0 ? undefined : await oldestOf(db, lane.id),
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
    history: {
      events: row.events,
      attempts: row.attempts,
      channelFailures: row.channel_failures,
      ownFailures: row.own_failures,
      ambiguous: row.ambiguous === 1,
      mends: parseMends(row.mends),
      sealedAt: row.sealed_at,
    },
  };
}

/** See Outbox.page(). */
export async function page(
  db: Database,
  { lane: name, maxEvents, maxBytes }: PageRequest,
): Promise<EventPage> {
  const lane = await laneByName(db, name);
  const events: StoredEvent[] = [];
  let bytes = 0;
  let after: RunFront | undefined;
  for (;;) {
    const runs = await readRuns(db, lane.id, after);
    const setAside = await setAsideAmong(db, lane.id, runs);
    for (const run of runs) {
      // A refused message is composed anew by itself; everything else waits for the next page.
      if (run.mends !== null && events.length > 0) return { events, mends: [] };
      const room = Math.min(maxEvents - events.length, run.at_most ?? Number.POSITIVE_INFINITY);
      const fresh = eventsOfRun(run, setAside).slice(0, room);
      for (const event of fresh) {
        const size = run.alerts.length / (run.fingerprints.length / 17 + 1);
        if (events.length > 0 && bytes + size > maxBytes) return { events, mends: [] };
        bytes += size;
        events.push(event);
      }
      if (run.mends !== null && events.length > 0) return { events, mends: parseMends(run.mends) };
      if (events.length >= maxEvents) return { events, mends: [] };
    }
    const last = runs.at(-1);
    if (last === undefined || runs.length < RUNS_READ) return { events, mends: [] };
    after = last;
  }
}

interface RunFront {
  readonly rank: number;
  readonly piece_id: number;
  readonly first: number;
}

interface RunWithPiece extends RunFront {
  readonly last: number;
  readonly mends: string | null;
  readonly at_most: number | null;
  readonly alerts: string;
  readonly fingerprints: string;
  readonly first_number: number;
  readonly uuid: string;
  readonly head: string;
  readonly received_at: number;
}

async function readRuns(db: Database, laneId: number, after: RunFront | undefined): Promise<RunWithPiece[]> {
  return await db
    .selectFrom('run')
    .innerJoin('piece', 'piece.id', 'run.piece_id')
    .innerJoin('notification', 'notification.id', 'piece.notification_id')
    .select(['run.rank', 'run.piece_id', 'run.first', 'run.last', 'run.mends', 'run.at_most'])
    .select(['piece.alerts', 'piece.fingerprints', 'piece.first_number'])
    .select(['notification.uuid', 'notification.head', 'notification.received_at'])
    .where('run.lane_id', '=', laneId)
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple('run.rank', 'run.piece_id', 'run.first'),
          '>',
          tuple(after?.rank ?? 0, after?.piece_id ?? 0, after?.first ?? 0),
        ),
      ),
    )
    .orderBy('run.rank')
    .orderBy('run.piece_id')
    .orderBy('run.first')
    .limit(RUNS_READ)
    .execute();
}

/** Which alerts of these runs have a message set aside. */
async function setAsideAmong(
  db: Database,
  laneId: number,
  runs: readonly RunWithPiece[],
): Promise<ReadonlySet<string>> {
  const any = await db
    .selectFrom('set_aside_alert')
    .select('message_id')
    .where('lane_id', '=', laneId)
    .limit(1)
    .executeTakeFirst();
  if (any === undefined) return new Set();
  const found = new Set<string>();
  for (const run of runs) {
    const rows = await db
      .selectFrom('set_aside_alert')
      .select('fingerprint')
      .where('lane_id', '=', laneId)
      .where('fingerprint', 'in', fingerprintsOf(run))
      .execute();
    for (const { fingerprint } of rows) found.add(fingerprint);
  }
  return found;
}

function eventsOfRun(run: RunWithPiece, setAside: ReadonlySet<string>): StoredEvent[] {
  const fingerprints = run.fingerprints.split(' ');
  const events: StoredEvent[] = [];
  for (let index = run.first; index <= run.last; index++) {
    if (setAside.has(fingerprints[index] ?? '')) continue;
    events.push({
      place: { rank: run.rank, piece: run.piece_id, runFirst: run.first, index },
      notificationId: run.uuid,
      number: run.first_number + index,
      receivedAt: run.received_at,
      head: run.head,
      alerts: run.alerts,
    });
  }
  return events;
}

function fingerprintsOf(run: RunWithPiece): string[] {
  return run.fingerprints.split(' ').slice(run.first, run.last + 1);
}

/** Mends as stored: words parted by blanks. */
export function parseMends(text: string | null): Mend[] {
  // Only formatMends() writes these columns.
  return text === null || text === '' ? [] : (text.split(' ') as Mend[]);
}

/** The inverse of parseMends(). */
export function formatMends(mends: readonly Mend[]): string {
  return mends.join(' ');
}
