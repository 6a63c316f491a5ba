/** page(): the events that a lane composes its next message from. Reads only the front of the lane. */
import type { EventPage, PageRequest, StoredEvent, StoredPiece } from '../contract.ts';
import { type Database, laneByName } from './database.ts';
import { runKept } from './kept-statements.ts';
import { parseMends } from './mends.ts';
import { alertKey, alertsNamed, storedPiece } from './stored-piece.ts';

/** Most runs read at a time while a page fills. */
const RUNS_READ = 64;

/** See Outbox.page(). */
export async function page(db: Database, { lane: name, ...room }: PageRequest): Promise<EventPage> {
  const lane = await laneByName(db, name);
  const hasSetAside = await mayHaveSetAside(db, lane.id);
  return await pageOf(db, { laneId: lane.id, hasSetAside, ...room });
}

/** A page of a lane that was read. */
export interface LanePageRequest extends Omit<PageRequest, 'lane'> {
  readonly laneId: number;
  /** Whether any alert of the lane may have a message set aside. */
  readonly hasSetAside: boolean;
}

/** See Outbox.page(). */
export async function pageOf(
  db: Database,
  { laneId, hasSetAside, maxEvents, maxBytes }: LanePageRequest,
): Promise<EventPage> {
  const events: StoredEvent[] = [];
  let bytes = 0;
  const atOnce = Math.min(RUNS_READ, maxEvents);
  let after: RunFront | undefined;
  for (;;) {
    const front = await readRuns(db, { laneId, after, atOnce });
    const runs = await withPieces(db, firstThatHold(maxEvents - events.length, front));
    const setAside = hasSetAside ? await setAsideAmong(db, laneId, runs) : NONE;
    for (const run of runs) {
      // A refused message is composed anew by itself; everything else waits for the next page.
      if (run.mends !== null && events.length > 0) return { events, mends: [] };
      const room = Math.min(maxEvents - events.length, run.at_most ?? Number.POSITIVE_INFINITY);
      const fresh = eventsOfRun(run, setAside).slice(0, room);
      const size = run.piece.alerts.length / alertsNamed(run.fingerprints);
      for (const event of fresh) {
        if (events.length > 0 && bytes + size > maxBytes) return { events, mends: [] };
        bytes += size;
        events.push(event);
      }
      if (run.mends !== null && events.length > 0) return { events, mends: parseMends(run.mends) };
      if (events.length >= maxEvents) return { events, mends: [] };
    }
    const last = runs.at(-1);
    if (last === undefined || (runs.length === front.length && front.length < atOnce))
      return { events, mends: [] };
    after = last;
  }
}

interface RunFront {
  readonly rank: number;
  readonly piece_id: number;
  readonly first: number;
}

interface FrontRun extends RunFront {
  readonly last: number;
  readonly mends: string | null;
  readonly at_most: number | null;
  readonly fallback_of: string | null;
}

interface RunWithPiece extends FrontRun {
  readonly piece: StoredPiece;
  readonly fingerprints: string;
  readonly first_number: number;
}

async function readRuns(
  db: Database,
  {
    laneId,
    after,
    atOnce,
  }: { readonly laneId: number; readonly after: RunFront | undefined; readonly atOnce: number },
): Promise<FrontRun[]> {
  const { rank, piece_id, first } = after ?? { rank: 0, piece_id: 0, first: 0 };
  return await runKept(db, after === undefined ? 'first runs' : 'further runs', {
    build: () =>
      db
        .selectFrom('run')
        .select(['run.rank', 'run.piece_id', 'run.first', 'run.last', 'run.mends', 'run.at_most'])
        .leftJoin('lane as origin', 'origin.id', 'run.fallback_of')
        .select('origin.name as fallback_of')
        .where('run.lane_id', '=', laneId)
        .$if(after !== undefined, (query) =>
          query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('run.rank', 'run.piece_id', 'run.first'), '>', tuple(rank, piece_id, first)),
          ),
        )
        .orderBy('run.rank')
        .orderBy('run.piece_id')
        .orderBy('run.first')
        .limit(atOnce)
        .compile(),
    parameters: [laneId, ...(after === undefined ? [] : [rank, piece_id, first]), atOnce],
  });
}

/** Of these runs the first that hold so many events: pieces are large, and those of the others would be read for nothing. */
function firstThatHold(events: number, runs: readonly FrontRun[]): readonly FrontRun[] {
  let held = 0;
  const enough = runs.findIndex(({ first, last }) => {
    held += last - first + 1;
    return held >= events;
  });
  return enough === -1 ? runs : runs.slice(0, enough + 1);
}

async function withPieces(db: Database, runs: readonly FrontRun[]): Promise<RunWithPiece[]> {
  if (runs.length === 0) return [];
  const ids = runs.map((run) => run.piece_id);
  const rows = await runKept(db, `page of ${ids.length} pieces`, {
    build: () =>
      db
        .selectFrom('piece')
        .innerJoin('notification', 'notification.id', 'piece.notification_id')
        .select(['piece.id', 'piece.alerts', 'piece.fingerprints', 'piece.first_number'])
        .select(['notification.uuid', 'notification.source', 'notification.head', 'notification.received_at'])
        .where('piece.id', 'in', ids)
        .compile(),
    parameters: ids,
  });
  const pieces = new Map(
    rows.map((row) => {
      const { id, fingerprints, first_number } = row;
      return [id, { piece: storedPiece(row), fingerprints, first_number }];
    }),
  );
  return runs.flatMap((run) => {
    const piece = pieces.get(run.piece_id);
    return piece === undefined ? [] : [{ ...run, ...piece }];
  });
}

const NONE: ReadonlySet<string> = new Set();

async function mayHaveSetAside(db: Database, laneId: number): Promise<boolean> {
  const any = await runKept(db, 'set aside', {
    build: () =>
      db.selectFrom('set_aside_alert').select('message_id').where('lane_id', '=', laneId).limit(1).compile(),
    parameters: [laneId, 1],
  });
  return any.length > 0;
}

/** Which alerts of these runs have a message set aside. */
async function setAsideAmong(
  db: Database,
  laneId: number,
  runs: readonly RunWithPiece[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const run of runs) {
    const rows = await db
      .selectFrom('set_aside_alert')
      .select('alert')
      .where('lane_id', '=', laneId)
      .where('alert', 'in', alertsOf(run))
      .execute();
    for (const { alert } of rows) found.add(alert);
  }
  return found;
}

function eventsOfRun(run: RunWithPiece, setAside: ReadonlySet<string>): StoredEvent[] {
  const { rank, piece_id, first, last, first_number, piece, fallback_of } = run;
  const fingerprints = setAside.size === 0 ? [] : run.fingerprints.split(' ');
  const events: StoredEvent[] = [];
  for (let index = first; index <= last; index++) {
    if (setAside.has(alertKey(fingerprints[index] ?? '', piece.source))) continue;
    const place = { rank, piece: piece_id, runFirst: first, index };
    const event = { place, number: first_number + index, piece };
    events.push(fallback_of === null ? event : { ...event, fallbackOf: fallback_of });
  }
  return events;
}

function alertsOf({ fingerprints, first, last, piece }: RunWithPiece): string[] {
  return fingerprints
    .split(' ')
    .slice(first, last + 1)
    .map((fingerprint) => alertKey(fingerprint, piece.source));
}
