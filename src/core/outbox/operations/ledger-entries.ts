/** Rows of runs and messages become entries of the ledger: for each event and lane the latest that is known. Pure. */
import type { Selectable } from 'kysely';
import type { LedgerEntry, LedgerMessage, LedgerState, MessageState } from '../contract.ts';
import type { MessagePartTable, MessageTable, RunTable } from '../schema.ts';

/** Events that wait in a lane. */
export type RunRow = Pick<Selectable<RunTable>, 'lane_id' | 'piece_id' | 'first' | 'last' | 'fallback_of'>;

/** Events that a message covers, with the message. */
export type PartRow = Pick<Selectable<MessagePartTable>, 'piece_id' | 'first' | 'last' | 'fallback_of'> &
  Pick<
    Selectable<MessageTable>,
    | 'id'
    | 'uuid'
    | 'lane_id'
    | 'state'
    | 'form'
    | 'sealed_at'
    | 'settled_at'
    | 'retry_at'
    | 'attempts'
    | 'reason'
    | 'detail'
  >;

/** All that is known of some pieces. */
export interface EntryRows {
  readonly lanes: ReadonlyMap<number, string>;
  readonly runs: readonly RunRow[];
  /** The earlier message first; none that is voided. */
  readonly parts: readonly PartRow[];
  /** Messages with an attempt under way, and when that began. */
  readonly underWay: ReadonlyMap<number, number>;
}

/** The entries of each piece, as LedgerPiece has them. */
export function entriesByPiece({
  lanes,
  runs,
  parts,
  underWay,
}: EntryRows): ReadonlyMap<number, LedgerEntry[]> {
  const nameOf = (lane: number): string => lanes.get(lane) ?? String(lane);
  const revived = new Map<string, number>();
  const pieces = new Map<number, Map<string, LedgerEntry>>();

  function put(row: RunRow, fate: Pick<LedgerEntry, 'state' | 'message'>): void {
    const entries = pieces.get(row.piece_id) ?? new Map<string, LedgerEntry>();
    pieces.set(row.piece_id, entries);
    for (const { index, key } of eventsOf(row)) {
      const letter = revived.get(key);
      entries.set(key, {
        index,
        lane: nameOf(row.lane_id),
        ...(row.fallback_of === null ? {} : { fallbackOf: nameOf(row.fallback_of) }),
        ...fate,
        ...(letter === undefined ? {} : { revived: letter }),
      });
    }
  }

  for (const part of parts) {
    if (part.state === 'revived') for (const { key } of eventsOf(part)) revived.set(key, part.id);
    else put(part, fateIn(part, underWay.get(part.id)));
  }
  // Last: an event that waits was in whatever message it was before.
  for (const run of runs) put(run, { state: 'waiting' });
  return new Map([...pieces].map(([piece, entries]) => [piece, [...entries.values()].sort(inOrder)]));
}

/** The events of a row, each with a key that is its own in its lane. */
function eventsOf({ piece_id, lane_id, first, last, fallback_of }: RunRow): { index: number; key: string }[] {
  return Array.from({ length: last - first + 1 }, (_, offset) => {
    const index = first + offset;
    return { index, key: `${piece_id} ${index} ${lane_id} ${fallback_of ?? 'own'}` };
  });
}

function fateIn(part: PartRow, sendingSince: number | undefined): Pick<LedgerEntry, 'state' | 'message'> {
  const state = stateOf(part, sendingSince);
  const { id: ref, uuid: id, form, sealed_at: sealedAt, attempts, reason, detail } = part;
  const message: LedgerMessage = {
    ref,
    id,
    form,
    sealedAt,
    attempts,
    ...(sendingSince === undefined ? {} : { sendingSince }),
    ...(state === 'retrying' ? { retryAt: part.retry_at } : {}),
    ...(part.settled_at === null ? {} : { settledAt: part.settled_at }),
    // Only the outbox's own operations write this column.
    ...(reason === null ? {} : { reason: reason as NonNullable<LedgerMessage['reason']> }),
    ...(detail === null ? {} : { detail }),
  };
  return { state, message };
}

function stateOf({ state }: PartRow, sendingSince: number | undefined): LedgerState {
  // Only the outbox's own operations write this column.
  switch (state as Exclude<MessageState, 'voided' | 'revived'>) {
    case 'delivered':
      return 'delivered';
    case 'dead':
      return 'dead';
    case 'dropped':
      return 'dropped';
    default:
      return sendingSince === undefined ? 'retrying' : 'being_sent';
  }
}

/** See LedgerPiece.entries. */
function inOrder(a: LedgerEntry, b: LedgerEntry): number {
  return b.index - a.index || compare(a.lane, b.lane) || compare(a.fallbackOf ?? '', b.fallbackOf ?? '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
