/** Stored events become events again: the pieces of a page are parsed once each, however many events they hold. */
import type { StoredEvent, StoredPiece } from '../outbox/contract.ts';
import type { Event } from '../plugin/contract.ts';

/** Builds events from a notification's head and its alerts, all as parsed from JSON; neither step throws. */
export type ReadEvent = (head: unknown) => (alert: unknown, origin: Origin) => Event;

/** What an event is given beside its alert. */
export interface Origin {
  readonly id: string;
  readonly receivedAt: number;
  readonly source?: string;
}

/** The events in the given order. */
export function readEvents(stored: readonly StoredEvent[], readEvent: ReadEvent): Event[] {
  const readersOf = new Map<StoredPiece, ReadPlace>();
  return stored.map(({ piece, place, number, fallbackOf }) => {
    const known = readersOf.get(piece);
    const readPlace = known ?? createPieceReader(piece, readEvent);
    if (known === undefined) readersOf.set(piece, readPlace);
    const event = readPlace(place.index, number);
    return fallbackOf === undefined ? event : { ...event, insteadOf: fallbackOf };
  });
}

/** The event at a place of the piece, by its number in its notification. */
type ReadPlace = (index: number, number: number) => Event;

function createPieceReader(piece: StoredPiece, readEvent: ReadEvent): ReadPlace {
  const { notificationId, receivedAt, source } = piece;
  const origin = { receivedAt, ...(source === undefined ? {} : { source }) };
  const readAlert = readEvent(JSON.parse(piece.head));
  // The outbox keeps arrays of alerts here.
  const alerts = JSON.parse(piece.alerts) as readonly unknown[];
  return (index, number) => readAlert(alerts[index], { id: `${notificationId}-${number}`, ...origin });
}
