/**
 * What follows when the channel delivers nothing for now, whichever message it is given: trouble, a limit, a setting. Parts of
 * settleOutcome(). Pure.
 */
import type { Settlement } from '../outbox/contract.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { OutcomeOf, SettleContext } from './settle-context.ts';

/** A channel in trouble is tried for ever, at most a minute apart. */
export const CHANNEL_BACKOFF: Backoff = { firstMs: 1_000, mostMs: 60_000 };
/** The same where nothing can have arrived: a try costs nobody anything, and people wait. */
export const UNREACHABLE_BACKOFF: Backoff = { firstMs: 1_000, mostMs: 15_000 };
/** A lane that only a mended setting can free is tried rarely; some are mended at the channel, where we do not see it. */
export const BLOCKED_BACKOFF: Backoff = { firstMs: 300_000, mostMs: 1_800_000 };
/** From this many failures in a row on, a message that a channel in trouble may have seen lets others try. */
export const OTHERS_TRY_AFTER = 3;
/** The same of a lane that a setting blocks: it is tried after a quarter of an hour, and not always with the same message. */
export const BLOCKED_OTHERS_TRY_AFTER = 2;

/** The channel is in trouble: the lane waits, and so does the message. */
export function channelFailed(outcome: OutcomeOf<'retry'>, context: SettleContext): Settlement {
  const { history, now, random, freshId, channelFailures } = context;
  const ambiguous = history.ambiguous || outcome.ambiguous;
  const again = {
    kind: 'again',
    setAside: history.setAside,
    history: { ownFailures: history.ownFailures, ambiguous },
  } as const;
  // notifierd ended it: that says nothing of the channel.
  if (outcome.reason === 'aborted') return { message: { ...again, at: now } };
  const failures = channelFailures + 1;
  // Where nothing arrived, no id was used up, and no call was made.
  if (outcome.reason === 'unreachable') {
    const retryAt = now + (outcome.waitMs ?? backoffMs(UNREACHABLE_BACKOFF, failures, random));
    const trouble = { cause: 'outage', failures, retryAt } as const;
    return { message: { ...again, at: retryAt }, trouble, uncounted: true };
  }
  const retryAt = now + (outcome.waitMs ?? backoffMs(CHANNEL_BACKOFF, failures, random));
  const setAside = history.setAside || (ambiguous && isTimeForOthers(failures, OTHERS_TRY_AFTER));
  // Set aside, it has a wait of its own: others are tried in between.
  const at = setAside
    ? Math.max(retryAt, now + backoffMs(CHANNEL_BACKOFF, history.attempts, random))
    : retryAt;
  return {
    message: { ...again, at, setAside, ...(ambiguous ? {} : { freshId }) },
    trouble: { cause: 'outage', failures, retryAt },
  };
}

/**
 * Whether a message that has waited for the channel lets others try: it may be this one that is never taken. In a real outage each of
 * them may have been seen, and a fallback tells it again; so the second try comes late, and the third much later.
 */
function isTimeForOthers(failures: number, first: number): boolean {
  let due = first;
  while (due < failures) due *= 4;
  return due === failures;
}

/** A limit: the credential rests. */
export function throttled(outcome: OutcomeOf<'throttled'>, context: SettleContext): Settlement {
  const jitterMs = Math.round(outcome.waitMs * 0.1 * context.random);
  const until = context.now + outcome.waitMs + jitterMs;
  return {
    message: refusedForNow(context, { until }),
    hold: {
      kind: 'parked',
      scope: outcome.scope,
      reason: outcome.reason,
      detail: outcome.detail,
      until,
      count: 0,
    },
    trouble: { cause: 'limit', failures: 0, retryAt: context.now },
  };
}

/** Only a person can mend it: the lane rests. */
export function blocked(outcome: OutcomeOf<'blocked'>, context: SettleContext): Settlement {
  const count = context.blockedCount + 1;
  const until = context.now + backoffMs(BLOCKED_BACKOFF, count, context.random);
  return {
    message: refusedForNow(context, { until, othersTry: isTimeForOthers(count, BLOCKED_OTHERS_TRY_AFTER) }),
    hold: {
      kind: 'blocked',
      scope: 'lane',
      reason: outcome.reason,
      detail: `${outcome.detail}: ${outcome.cure}`,
      until,
      count,
    },
    trouble: { cause: 'setting', failures: 0, retryAt: context.now },
  };
}

/**
 * The hold decides when it goes again, or another credential. It takes a fresh id, because a refused attempt may have used up the old
 * one. What people may have seen goes under the same credential only, so others pass it if there are others to send under.
 */
function refusedForNow(
  { history, now, freshId, hasOthers }: SettleContext,
  { until, othersTry = false }: { readonly until: number; readonly othersTry?: boolean },
): Settlement['message'] {
  const { ownFailures, ambiguous } = history;
  const isBound = ambiguous && hasOthers;
  return {
    kind: 'again',
    at: isBound ? until : now,
    setAside: isBound || othersTry || history.setAside,
    history: { ownFailures, ambiguous },
    ...(ambiguous ? {} : { freshId }),
  };
}
