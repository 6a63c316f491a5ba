/**
 * What follows from an attempt: pure. A plugin says what happened; here, and only here, it is decided whether the message goes
 * again and under which id, is composed anew, or is given up on, and whether the lane rests.
 */
import type { MessageHistory, Settlement } from '../outbox/contract.ts';
import type { Mend, Outcome } from '../plugin/outcome.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { blocked, CHANNEL_BACKOFF, channelFailed, throttled } from './channel-trouble.ts';
import type { OutcomeOf, SettleContext } from './settle-context.ts';

/** A message that fails by itself. */
export const OWN_BACKOFF: Backoff = { firstMs: 2_000, mostMs: 300_000 };
/** From this many failures of its own on, a message is set aside. */
export const SET_ASIDE_AFTER = 2;
/** With this many failures of its own it is given up on. */
export const DEAD_AFTER = 5;
/** From this many single events refused in a row on, the channel is at fault. */
export const REFUSES_ALL_AFTER = 3;
/** A message may be made shorter this often. */
const SHORTENED_AT_MOST = 3;

/** Decides. Nothing is ever lost here: what is not delivered goes again, is composed anew, or becomes a dead letter. */
export function settleOutcome(outcome: Outcome, context: SettleContext): Settlement {
  switch (outcome.kind) {
    case 'delivered':
      return { message: { kind: 'delivered' } };
    case 'retry':
      return FAILS_BY_ITSELF.has(outcome.reason)
        ? failedByItself(outcome, context)
        : channelFailed(outcome, context);
    case 'throttled':
      return throttled(outcome, context);
    case 'blocked':
      return blocked(outcome, context);
    case 'refused':
      return refused(outcome, context);
    default:
      return outcome satisfies never;
  }
}

/** Reasons that speak of the message while others pass, and else of the channel. */
const FAILS_BY_ITSELF: ReadonlySet<string> = new Set(['unknown_code', 'internal']);

/**
 * A failure counts against the message only if others have passed since the one before; the first counts as the first. The second in a
 * row, of this message or of another one, is the channel's: whatever is sent fails.
 */
function failedByItself(outcome: OutcomeOf<'retry'>, context: SettleContext): Settlement {
  const { history, doubts, now, random, freshId } = context;
  const counts = history.ownFailures === 0 || history.othersPassed;
  const ownFailures = history.ownFailures + (counts ? 1 : 0);
  const ambiguous = history.ambiguous || outcome.ambiguous;
  const again = {
    kind: 'again',
    history: { ownFailures, ambiguous },
    ...(ambiguous ? {} : { freshId }),
  } as const;
  if (doubts.failures > 0) {
    const trouble = answersAllAlike(outcome, context);
    return { message: { ...again, at: trouble.retryAt, setAside: true }, trouble, doubt: 'failures' };
  }
  // Others pass, and of many events one may be at fault: halve until it stands alone.
  if (ownFailures >= SET_ASIDE_AFTER && history.events > 1 && !ambiguous)
    return { message: halved(history), doubt: 'failures' };
  if (counts && ownFailures >= DEAD_AFTER) return { message: { kind: 'dead' }, doubt: 'failures' };
  const at = now + (outcome.waitMs ?? backoffMs(OWN_BACKOFF, ownFailures, random));
  return {
    message: { ...again, at, setAside: history.setAside || ownFailures >= SET_ASIDE_AFTER },
    doubt: 'failures',
  };
}

/** The lane waits, and then tries another of its messages. */
function answersAllAlike(
  outcome: OutcomeOf<'retry'> | OutcomeOf<'refused'>,
  { channelFailures, now, random }: SettleContext,
): NonNullable<Settlement['trouble']> {
  const failures = channelFailures + 1;
  const { reason, detail } = outcome;
  const waitMs = outcome.kind === 'retry' ? outcome.waitMs : undefined;
  const retryAt = now + (waitMs ?? backoffMs(CHANNEL_BACKOFF, failures, random));
  return { cause: 'outage', failures, retryAt, toAll: { reason, detail } };
}

function refused(outcome: OutcomeOf<'refused'>, context: SettleContext): Settlement {
  const { mend } = outcome;
  const { history, doubts, freshId } = context;
  const { events, mends, ownFailures, ambiguous } = history;
  // Of many events one is at fault: halve until it stands alone.
  if (events > 1) return { message: halved(history) };
  if (mend !== undefined && mayMend(mends, mend))
    return { message: { kind: 'recompose', mends: [...mends, mend], atMost: 1 } };
  if (doubts.refusals + 1 < REFUSES_ALL_AFTER) return { message: { kind: 'dead' }, doubt: 'refusals' };
  const trouble = answersAllAlike(outcome, context);
  const again = { kind: 'again', at: trouble.retryAt, setAside: true } as const;
  return {
    message: { ...again, history: { ownFailures, ambiguous }, ...(ambiguous ? {} : { freshId }) },
    trouble,
    doubt: 'refusals',
  };
}

function halved({ events, mends }: MessageHistory): Settlement['message'] {
  return { kind: 'recompose', mends, atMost: Math.ceil(events / 2) };
}

function mayMend(mends: readonly Mend[], mend: Mend): boolean {
  const before = mends.filter((done) => done === mend).length;
  return before < (mend === 'shorter' ? SHORTENED_AT_MOST : 1);
}
