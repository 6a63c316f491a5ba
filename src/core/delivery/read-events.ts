/** Stored events become events again: the pieces of a page are parsed once each, however many events they hold. */
import type { StoredEvent, StoredPiece } from '../outbox/contract.ts';
import type { Event } from '../plugin/contract.ts';

/** Builds the event from a notification's head and one of its alerts, both as parsed from JSON; never throws. */
export type ReadEvent = (head: unknown, alert: unknown, arrival: { id: string; receivedAt: number }) => Event;

/** The events in the given order. */
export function readEvents(stored: readonly StoredEvent[], readEvent: ReadEvent): Event[] {
  const parseOnce = createParser();
  return stored.map(({ piece, place, number, fallbackOf }) => {
    const { head, alerts } = parseOnce(piece);
    const { notificationId, receivedAt } = piece;
    const event = readEvent(head, alerts[place.index], { id: `${notificationId}-${number}`, receivedAt });
    return fallbackOf === undefined ? event : { ...event, insteadOf: fallbackOf };
  });
}

interface ParsedPiece {
  readonly head: unknown;
  readonly alerts: readonly unknown[];
}

function createParser(): (piece: StoredPiece) => ParsedPiece {
  const parsed = new Map<StoredPiece, ParsedPiece>();
  return (piece) => {
    const known = parsed.get(piece);
    if (known !== undefined) return known;
    // The outbox keeps arrays of alerts here.
    const fresh = { head: JSON.parse(piece.head), alerts: JSON.parse(piece.alerts) as readonly unknown[] };
    parsed.set(piece, fresh);
    return fresh;
  };
}
