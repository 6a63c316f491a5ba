/** Stored events become events again: the pieces of a page are parsed once each, however many events they hold. */
import type { StoredEvent, StoredPiece } from '../outbox/contract.ts';
import type { Event } from '../plugin/contract.ts';

/** Builds the event from a notification's head and one of its alerts, both as parsed from JSON; never throws. */
export type ReadEvent = (head: unknown, alert: unknown, arrival: { id: string; receivedAt: number }) => Event;

/** The events in the given order. */
export function readEvents(stored: readonly StoredEvent[], readEvent: ReadEvent): Event[] {
  const parsed = new Map<StoredPiece, ParsedPiece>();
  return stored.map(({ piece, place, number, fallbackOf }) => {
    const { head, alerts } = parsed.get(piece) ?? parse(piece);
    parsed.set(piece, { head, alerts });
    const { notificationId, receivedAt } = piece;
    const event = readEvent(head, alerts[place.index], { id: `${notificationId}-${number}`, receivedAt });
    return fallbackOf === undefined ? event : { ...event, insteadOf: fallbackOf };
  });
}

interface ParsedPiece {
  readonly head: unknown;
  readonly alerts: readonly unknown[];
}

function parse({ head, alerts }: StoredPiece): ParsedPiece {
  // The outbox keeps arrays of alerts here.
  return { head: JSON.parse(head), alerts: JSON.parse(alerts) as readonly unknown[] };
}
