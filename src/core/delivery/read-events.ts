/** Stored events become events again: the pieces of a page are parsed once each, however many events they hold. */
import type { StoredEvent } from '../outbox/contract.ts';
import type { Event } from '../plugin/contract.ts';

/** Builds the event from a notification's head and one of its alerts, both as parsed from JSON; never throws. */
export type ReadEvent = (head: unknown, alert: unknown, arrival: { id: string; receivedAt: number }) => Event;

/** The events in the given order. */
export function readEvents(stored: readonly StoredEvent[], readEvent: ReadEvent): Event[] {
  const parse = createParser();
  return stored.map(({ head, alerts, place, notificationId, number, receivedAt, fallbackOf }) => {
    // The outbox keeps arrays of alerts here.
    const alert = (parse(alerts) as readonly unknown[])[place.index];
    const event = readEvent(parse(head), alert, { id: `${notificationId}-${number}`, receivedAt });
    return fallbackOf === undefined ? event : { ...event, insteadOf: fallbackOf };
  });
}

function createParser(): (json: string) => unknown {
  const parsed = new Map<string, unknown>();
  return (json) => {
    if (!parsed.has(json)) parsed.set(json, JSON.parse(json));
    return parsed.get(json);
  };
}
