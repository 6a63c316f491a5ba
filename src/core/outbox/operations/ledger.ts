/**
 * readLedger(): pieces from the newest to the oldest, each with what became of its events. A portion looks at a fixed number of pieces
 * and finds their runs and messages by index, so it costs the same however long the history is.
 */
import { SEVERITIES } from '../../event/severity.ts';

import type { LedgerPiece, LedgerPortion, LedgerRequest } from '../contract.ts';
import type { Database } from './database.ts';
import { type EntryRows, entriesByPiece, type PartRow, type RunRow } from './ledger-entries.ts';
import { unpack } from './packed.ts';

/** Pieces that one portion looks at; with a lane named, most of them may not concern it. */
const PIECES_READ = 200;
/** Characters of alerts and heads after which a portion ends. */
const MOST_CHARACTERS = 1 << 20;
/** Pieces follow each other as they came, but for clocks that were set back: by less than this. */
const CLOCK_SLACK_MS = 3_600_000;
const RANKS = SEVERITIES.map((_, rank) => rank);

/** See Outbox.readLedger(). */
export async function readLedger(
  db: Database,
  { lane, since = 0, before }: LedgerRequest,
): Promise<LedgerPortion> {
  const lanes = await readLaneNames(db);
  const laneId = [...lanes].find(([, name]) => name === lane)?.[0];
  const looked = await newestPieces(db, before);
  const [newest, oldest] = [looked[0], looked.at(-1)];
  if (newest === undefined || oldest === undefined || (lane !== undefined && laneId === undefined)) {
    return { pieces: [], next: undefined };
  }

  const range: Range = { from: oldest.id, to: newest.id, laneIds: [...lanes.keys()], laneId };
  const entries = entriesByPiece(await readRows(db, range, lanes));
  const pieces: LedgerPiece[] = [];
  let characters = 0;
  for (const { id, received_at } of looked) {
    const own = entries.get(id);
    if (own === undefined || received_at < since) continue;
    const piece = await readPiece(db, id);
    pieces.push({ ...piece, entries: own });
    characters += piece.head.length + piece.alerts.length;
    if (characters >= MOST_CHARACTERS) return { pieces, next: id };
  }
  const last =
    looked.length < PIECES_READ || looked.every((piece) => piece.received_at < since - CLOCK_SLACK_MS);
  return { pieces, next: last ? undefined : oldest.id };
}

/** Pieces that follow each other, and the lanes. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly laneIds: readonly number[];
  /** Only what concerns this one, if there is one. */
  readonly laneId: number | undefined;
}

async function readLaneNames(db: Database): Promise<ReadonlyMap<number, string>> {
  const lanes = await db.selectFrom('lane').select(['id', 'name']).execute();
  return new Map(lanes.map(({ id, name }) => [id, name]));
}

async function newestPieces(
  db: Database,
  before: number | undefined,
): Promise<{ id: number; received_at: number }[]> {
  return await db
    .selectFrom('piece')
    .innerJoin('notification', 'notification.id', 'piece.notification_id')
    .select(['piece.id', 'notification.received_at'])
    .$if(before !== undefined, (query) => query.where('piece.id', '<', before ?? 0))
    .orderBy('piece.id', 'desc')
    .limit(PIECES_READ)
    .execute();
}

async function readPiece(db: Database, id: number): Promise<Omit<LedgerPiece, 'entries'>> {
  const row = await db
    .selectFrom('piece')
    .innerJoin('notification', 'notification.id', 'piece.notification_id')
    .select(['piece.first_number', 'piece.alerts'])
    .select(['notification.uuid', 'notification.source', 'notification.head', 'notification.received_at'])
    .where('piece.id', '=', id)
    .executeTakeFirstOrThrow();
  return {
    notificationId: row.uuid,
    receivedAt: row.received_at,
    ...(row.source === null ? {} : { source: row.source }),
    firstNumber: row.first_number,
    head: row.head,
    alerts: unpack(row.alerts),
  };
}

async function readRows(db: Database, range: Range, lanes: ReadonlyMap<number, string>): Promise<EntryRows> {
  return {
    lanes,
    runs: await readRuns(db, range),
    parts: await readParts(db, range),
    underWay: await readUnderWay(db),
  };
}

/** Lane and rank are named only so that the primary key finds the pieces. */
async function readRuns(db: Database, { from, to, laneIds, laneId }: Range): Promise<RunRow[]> {
  return await db
    .selectFrom('run')
    .select(['lane_id', 'piece_id', 'first', 'last', 'fallback_of'])
    .where('lane_id', 'in', [...laneIds])
    .where('rank', 'in', RANKS)
    .where('piece_id', '>=', from)
    .where('piece_id', '<=', to)
    .$if(laneId !== undefined, (query) =>
      query.where(({ eb, or }) => or([eb('lane_id', '=', laneId ?? 0), eb('fallback_of', '=', laneId ?? 0)])),
    )
    .execute();
}

/** In the order in which the messages were sealed. */
async function readParts(db: Database, { from, to, laneId }: Range): Promise<PartRow[]> {
  return await db
    .selectFrom('message_part')
    .innerJoin('message', 'message.id', 'message_part.message_id')
    .select(['message_part.piece_id', 'message_part.first', 'message_part.last', 'message_part.fallback_of'])
    .select(['message.id', 'message.uuid', 'message.lane_id', 'message.state', 'message.form'])
    .select(['message.sealed_at', 'message.settled_at', 'message.retry_at', 'message.attempts'])
    .select(['message.reason', 'message.detail'])
    .where('message_part.piece_id', '>=', from)
    .where('message_part.piece_id', '<=', to)
    // Its events are elsewhere.
    .where('message.state', '!=', 'voided')
    .$if(laneId !== undefined, (query) =>
      query.where(({ eb, or }) =>
        or([eb('message.lane_id', '=', laneId ?? 0), eb('message_part.fallback_of', '=', laneId ?? 0)]),
      ),
    )
    .orderBy('message.id')
    .execute();
}

/** Start of each attempt that has no end yet, by message: at most a few. */
async function readUnderWay(db: Database): Promise<ReadonlyMap<number, number>> {
  const attempts = await db
    .selectFrom('attempt')
    .select(['message_id', 'started_at'])
    .where('ended_at', 'is', null)
    .execute();
  return new Map(attempts.map((attempt) => [attempt.message_id, attempt.started_at]));
}
