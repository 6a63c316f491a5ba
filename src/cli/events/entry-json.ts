/** An entry of the ledger as one line of JSON, for other programs. Times are RFC 3339 in UTC. */
import type { LedgerMessage, LedgerState } from '../../core/outbox/contract.ts';
import { escapeUnsafe } from '../../core/telemetry/visible.ts';
import { toEventJson } from '../event-json.ts';
import { exactInstant } from '../wording.ts';
import type { Entry } from './entry.ts';

/** The line, without its end. What could move the cursor of a terminal is escaped, as JSON allows; what is unknown is left out. */
export function toJsonLine({ event, lane, fallbackOf, state, message, revived }: Entry): string {
  return escapeUnsafe(
    JSON.stringify({
      ...toEventJson(event),
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
  const settled = instantIfAny(settledAt);
  return {
    message_row: ref,
    message_id: id,
    form,
    attempts,
    sealed_at: exactInstant(sealedAt),
    sending_since: instantIfAny(sendingSince),
    next_attempt_at: instantIfAny(retryAt),
    delivered_at: state === 'delivered' ? settled : undefined,
    died_at: state === 'dead' ? settled : undefined,
    dropped_at: state === 'dropped' ? settled : undefined,
    reason,
    detail,
  };
}

function instantIfAny(at: number | undefined): string | undefined {
  return at === undefined ? undefined : exactInstant(at);
}
