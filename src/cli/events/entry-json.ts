/** An entry of the ledger as one line of JSON, for other programs. Times are RFC 3339 in UTC. */
import type { LedgerMessage, LedgerState } from '../../core/outbox/contract.ts';
import { escapeUnsafe } from '../../core/telemetry/visible.ts';
import type { Entry } from './entry.ts';

/** The line, without its end. What could move the cursor of a terminal is escaped, as JSON allows; what is unknown is left out. */
export function toJsonLine({ event, lane, fallbackOf, state, message, revived }: Entry): string {
  return escapeUnsafe(
    JSON.stringify({
      received_at: iso(event.receivedAt),
      event_id: event.id,
      status: event.status,
      severity: event.severity,
      name: event.name,
      summary: event.summary,
      description: event.description,
      labels: event.labels,
      starts_at: event.startsAt,
      ends_at: event.endsAt,
      fingerprint: event.fingerprint,
      url: event.bestUrl,
      sink: lane,
      fallback_of: fallbackOf,
      state,
      ...(message === undefined ? {} : toMessage(message, state)),
      retried_dead_letter: revived,
    }),
  );
}

function toMessage(message: LedgerMessage, state: LedgerState): object {
  const { ref, id, form, attempts, sealedAt, sendingSince, retryAt, settledAt, reason, detail } = message;
  const settled = settledAt === undefined ? undefined : iso(settledAt);
  return {
    message: ref,
    message_id: id,
    form,
    attempts,
    sealed_at: iso(sealedAt),
    sending_since: sendingSince === undefined ? undefined : iso(sendingSince),
    next_attempt_at: retryAt === undefined ? undefined : iso(retryAt),
    delivered_at: state === 'delivered' ? settled : undefined,
    died_at: state === 'dead' ? settled : undefined,
    dropped_at: state === 'dropped' ? settled : undefined,
    reason,
    detail,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
