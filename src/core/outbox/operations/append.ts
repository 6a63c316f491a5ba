/** append(): a notification becomes rows, or is recognized as a repeat. One transaction, whatever the number of lanes. */
import type { Appended, NewNotification, NewPiece } from '../contract.ts';
import { decodeMemory, EMPTY_MEMORY, encodeMemory, judge } from '../repeats.ts';
import { type Database, laneByName } from './database.ts';

/** Stores what is new of the notification for each of its lanes. */
export async function append(db: Database, notification: NewNotification): Promise<Appended> {
  const { repeat, pieces, id, receivedAt } = notification;
  const states = pieces.flatMap((piece) => piece.states);
  const stored = await db
    .selectFrom('group_memory')
    .select('memory')
    .where('id', '=', repeat.groupId)
    .executeTakeFirst();
  const memory = stored === undefined ? EMPTY_MEMORY : decodeMemory(stored.memory);
  const judgement = judge(memory, states, { ...repeat, id, at: receivedAt });
  if (judgement.kind === 'duplicate') return judgement;

  const queued = await storeFresh(db, notification, judgement.fresh);
  const row = { memory: encodeMemory(judgement.memory), updated_at: receivedAt };
  await db
    .insertInto('group_memory')
    .values({ id: repeat.groupId, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
  return {
    kind: 'accepted',
    notificationId: id,
    relisted: judgement.fresh.filter((fresh) => !fresh).length,
    queued,
  };
}

async function storeFresh(
  db: Database,
  { id, head, receivedAt, pieces }: NewNotification,
  fresh: readonly boolean[],
): Promise<Record<string, number>> {
  const kept = keepFresh(pieces, fresh);
  const queued: Record<string, number> = {};
  for (const { lanes, states } of kept) {
    for (const lane of lanes) queued[lane] = (queued[lane] ?? 0) + states.length;
  }
  const pending = Object.values(queued).reduce((sum, count) => sum + count, 0);
  if (pending === 0) return queued;

  const { id: notificationId } = await db
    .insertInto('notification')
    .values({ uuid: id, head, received_at: receivedAt, pending, settled_at: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  const laneIds = new Map<string, number>();
  for (const [name, count] of Object.entries(queued)) {
    const lane = await laneByName(db, name);
    laneIds.set(name, lane.id);
    await db
      .updateTable('lane')
      .set((eb) => ({ waiting: eb('waiting', '+', count) }))
      .where('id', '=', lane.id)
      .execute();
  }
  let number = 0;
  for (const piece of kept) {
    const pieceId = await storePiece(db, { piece, notificationId, number });
    number += piece.states.length;
    for (const name of piece.lanes) {
      await db
        .insertInto('run')
        .values({
          lane_id: laneIds.get(name) ?? -1,
          rank: piece.rank,
          piece_id: pieceId,
          first: 0,
          last: piece.states.length - 1,
          waiting_since: receivedAt,
          mends: null,
          at_most: null,
          fallback_of: null,
          handed_to: null,
        })
        .execute();
    }
  }
  return queued;
}

async function storePiece(
  db: Database,
  { piece, notificationId, number }: { piece: NewPiece; notificationId: number; number: number },
): Promise<number> {
  const { id } = await db
    .insertInto('piece')
    .values({
      notification_id: notificationId,
      first_number: number,
      alerts: piece.alerts,
      fingerprints: piece.states.map((state) => state.fingerprint).join(' '),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
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
    const alerts = JSON.parse(piece.alerts) as unknown[];
    return [
      {
        ...piece,
        alerts: JSON.stringify(alerts.filter((_, index) => marks[index])),
        states: piece.states.filter((_, index) => marks[index]),
      },
    ];
  });
}
