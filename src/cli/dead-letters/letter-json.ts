/** A dead letter as one line of JSON, for other programs. Times are RFC 3339 in UTC. */
import type { PastAttempt } from '../../core/outbox/contract.ts';
import { escapeUnsafe } from '../../core/telemetry/visible.ts';
import { toEventJson } from '../event-json.ts';
import { exactInstant } from '../wording.ts';
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
      died_at: exactInstant(diedAt),
      attempts: letter.attempts,
      history: letter.history.map(toAttempt),
      events: letter.events.map(toEventJson),
    }),
  );
}

function toAttempt({ startedAt, endedAt, outcome, reason, detail }: PastAttempt): object {
  const ended = endedAt === undefined ? {} : { ended_at: exactInstant(endedAt), outcome, reason, detail };
  return { started_at: exactInstant(startedAt), ...ended };
}
