/**
 * append(): notifications become rows, or are recognized as repeats. Those that came together are stored together, a few statements for
 * all of them: what costs time is the statements, not the rows.
 */
import type { Insertable } from 'kysely';
import type { Appended, NewNotification, NewPiece } from '../contract.ts';
import { judge } from '../repeats.ts';
import type { PieceTable, RunTable } from '../schema.ts';
import { EMPTY_MEMORY } from '../stream-memory.ts';
import { type Database, laneIdsByName } from './database.ts';
import { readMemories, writeMemories } from './group-memories.ts';
import { runKept, valuesOf } from './kept-statements.ts';
import { pack } from './packed.ts';
import { inChunks } from './rows.ts';
import { insertRuns } from './runs.ts';

/** See Outbox.append(): all of these, in their order; one answer each. */
export async function appendAll(
  db: Database,
  notifications: readonly NewNotification[],
): Promise<Appended[]> {
  const memories = await readMemories(db, notifications);
  const updatedAt = new Map<string, number>();
  const fresh: FreshNotification[] = [];
  const answers = notifications.map((notification): Appended => {
    // Where several writers are at work, the stream has been locked before its memory was read: nobody comes before us now.
    if (notification.isWanted?.() === false) return { kind: 'abandoned' };
    const { repeat, pieces, id, receivedAt } = notification;
    const states = pieces.flatMap((piece) => piece.states);
    const memory = memories.get(repeat.groupId) ?? EMPTY_MEMORY;
    const judgement = judge(memory, states, { ...repeat, id, at: receivedAt });
    if (judgement.memory !== undefined) {
      memories.set(repeat.groupId, judgement.memory);
      updatedAt.set(repeat.groupId, receivedAt);
    }
    if (judgement.kind === 'duplicate')
      return { kind: 'duplicate', notificationId: judgement.notificationId };
    const kept = keepFresh(pieces, judgement.fresh);
    const queued = countByLane(kept);
    const pending = sum([...queued.values()]);
    if (pending > 0) fresh.push({ notification, pieces: kept, queued, pending });
    const relisted = judgement.fresh.filter((isFresh) => !isFresh).length;
    return { kind: 'accepted', notificationId: id, relisted, queued, mixed: judgement.mixed };
  });
  if (fresh.length > 0) await store(db, fresh);
  await writeMemories(db, memories, updatedAt);
  return answers;
}

/** A notification of which something is new. */
interface FreshNotification {
  readonly notification: NewNotification;
  readonly pieces: readonly NewPiece[];
  readonly queued: ReadonlyMap<string, number>;
  readonly pending: number;
}

async function store(db: Database, fresh: readonly FreshNotification[]): Promise<void> {
  const laneIds = await laneIdsByName(db, new Set(fresh.flatMap(({ queued }) => [...queued.keys()])));
  const notificationIds = await storeNotifications(db, fresh);
  const pieces = fresh.flatMap(({ notification, pieces: kept }) => {
    let number = 0;
    return kept.map((piece) => {
      const notificationId = notificationIds.get(notification.id) ?? -1;
      const placed = { piece, notificationId, number, receivedAt: notification.receivedAt };
      number += piece.states.length;
      return placed;
    });
  });
  const runs: Insertable<RunTable>[] = [];
  for (const [index, pieceId] of (await storePieces(db, pieces.map(toRow))).entries()) {
    const { piece, receivedAt } = pieces[index] ?? raise();
    for (const lane of piece.lanes) {
      runs.push({
        lane_id: laneIds.get(lane) ?? -1,
        rank: piece.rank,
        piece_id: pieceId,
        first: 0,
        last: piece.states.length - 1,
        waiting_since: receivedAt,
      });
    }
  }
  await insertRuns(db, runs);
  await countWaiting(db, fresh, laneIds);
}

async function storeNotifications(
  db: Database,
  fresh: readonly FreshNotification[],
): Promise<ReadonlyMap<string, number>> {
  const rows = fresh.map(({ notification: { id, source, head, receivedAt }, pending }) => ({
    uuid: id,
    source: source ?? null,
    head,
    received_at: receivedAt,
    pending,
  }));
  const ids = new Map<string, number>();
  for (const chunk of inChunks(rows)) {
    const stored = await runKept(db, `notifications ${chunk.length}`, {
      build: () => db.insertInto('notification').values(chunk).returning(['id', 'uuid']).compile(),
      parameters: valuesOf(chunk),
    });
    for (const { id, uuid } of stored) ids.set(uuid, id);
  }
  return ids;
}

interface PlacedPiece {
  readonly piece: NewPiece;
  readonly notificationId: number;
  /** Of the first event of the piece, in its notification. */
  readonly number: number;
}

function toRow({ piece, notificationId, number }: PlacedPiece): Insertable<PieceTable> {
  return {
    notification_id: notificationId,
    first_number: number,
    fingerprints: piece.states.map((state) => state.fingerprint).join(' '),
    alerts: pack(piece.alerts),
  };
}

/** Their ids, in the given order: both engines number the rows as they stand, and the ids are the order of a lane. */
async function storePieces(db: Database, rows: readonly Insertable<PieceTable>[]): Promise<number[]> {
  const ids: number[] = [];
  for (const chunk of inChunks(rows)) {
    const stored = await runKept(db, `store ${chunk.length} pieces`, {
      build: () => db.insertInto('piece').values(chunk).returning('id').compile(),
      parameters: valuesOf(chunk),
    });
    ids.push(...stored.map(({ id }) => id).sort((a, b) => a - b));
  }
  return ids;
}

/** Last of all, and one lane after the other in one order: where several writers are at work, they wait for each other here. */
async function countWaiting(
  db: Database,
  fresh: readonly FreshNotification[],
  laneIds: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [name, id] of [...laneIds].sort(([, a], [, b]) => a - b)) {
    const count = sum(fresh.map(({ queued }) => queued.get(name) ?? 0));
    await runKept(db, 'more wait', {
      build: () =>
        db
          .updateTable('lane')
          .set((eb) => ({ waiting: eb('waiting', '+', count) }))
          .where('id', '=', id)
          .compile(),
      parameters: [count, id],
    });
  }
}

function countByLane(pieces: readonly NewPiece[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { lanes, states } of pieces) {
    for (const lane of lanes) counts.set(lane, (counts.get(lane) ?? 0) + states.length);
  }
  return counts;
}

/** The pieces without re-listed alerts and without those that no lane takes. Only a piece that shrinks is parsed. */
function keepFresh(pieces: readonly NewPiece[], fresh: readonly boolean[]): NewPiece[] {
  let position = 0;
  return pieces.flatMap((piece) => {
    const marks = fresh.slice(position, position + piece.states.length);
    position += piece.states.length;
    if (piece.lanes.length === 0 || !marks.includes(true)) return [];
    if (!marks.includes(false)) return [piece];
    // The caller wrote this array, one entry per state.
    const alerts = JSON.parse(textOf(piece.alerts)) as unknown[];
    return [
      {
        ...piece,
        alerts: JSON.stringify(alerts.filter((_, index) => marks[index])),
        states: piece.states.filter((_, index) => marks[index]),
      },
    ];
  });
}

function textOf(alerts: string | Uint8Array): string {
  return typeof alerts === 'string' ? alerts : Buffer.from(alerts).toString();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function raise(): never {
  throw new Error('the database stored more pieces than it was given');
}
