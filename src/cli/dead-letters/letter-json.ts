/** A dead letter as one line of JSON, for other programs. Times are RFC 3339 in UTC. */
import type { Event } from '../../core/event/event.ts';
import type { PastAttempt } from '../../core/outbox/contract.ts';
import { escapeUnsafe } from '../../core/telemetry/visible.ts';
import type { Letter } from './letter.ts';

/** The line, without its end. What could move the cursor of a terminal is escaped, as JSON allows. */
export function toJsonLine({ message, lane, form, reason, detail, diedAt, ...letter }: Letter): string {
  return escapeUnsafe(
    JSON.stringify({
      id: message,
      sink: lane,
      form,
      reason,
      detail,
      diedAt: iso(diedAt),
      attempts: letter.attempts,
      history: letter.history.map(toAttempt),
      events: letter.events.map(toEvent),
    }),
  );
}

function toAttempt({ startedAt, endedAt, outcome, reason, detail }: PastAttempt): object {
  const ended = endedAt === undefined ? {} : { endedAt: iso(endedAt), outcome, reason, detail };
  return { startedAt: iso(startedAt), ...ended };
}

/** JSON leaves out what is undefined. */
function toEvent(event: Event): object {
  const { id, status, severity, name, summary, description, message } = event;
  const { labels, startsAt, endsAt, bestUrl: url } = event;
  const texts = { summary, description, message };
  return {
    id,
    status,
    severity,
    name,
    ...texts,
    labels,
    startsAt,
    endsAt,
    url,
    receivedAt: iso(event.receivedAt),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
