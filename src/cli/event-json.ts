/** An event as it stands in the JSON of every command, for other programs. Times are RFC 3339 in UTC. */
import type { Event } from '../core/event/event.ts';
import { exactInstant } from './wording.ts';

/** What is undefined, JSON leaves out. */
export function toEventJson(event: Event): object {
  return {
    received_at: exactInstant(event.receivedAt),
    event_id: event.id,
    source: event.source,
    status: event.status,
    severity: event.severity,
    name: event.name,
    summary: event.summary,
    description: event.description,
    message: event.message,
    labels: event.labels,
    starts_at: event.startsAt,
    ends_at: event.endsAt,
    fingerprint: event.fingerprint,
    url: event.bestUrl,
  };
}
