/**
 * What follows from an attempt: pure. A plugin says what happened; here, and only here, it is decided whether the message goes
 * again and under which id, is composed anew, or is given up on, and whether the lane rests.
 */
import type { Doubts, MessageHistory, Settlement } from '../outbox/contract.ts';
import type { Mend, Outcome } from '../plugin/outcome.ts';
import { type Backoff, backoffMs } from './backoff.ts';

/** A channel in trouble is tried for ever, at most a minute apart. */
export const CHANNEL_BACKOFF: Backoff = { firstMs: 1_000, mostMs: 60_000 };
/** The same where nothing can have arrived: a try costs nobody anything, and people wait. */
export const UNREACHABLE_BACKOFF: Backoff = { firstMs: 1_000, mostMs: 15_000 };
/** A message that fails by itself. */
export const OWN_BACKOFF: Backoff = { firstMs: 2_000, mostMs: 300_000 };
/** A lane that only a mended setting can free is tried rarely; some are mended at the channel, where we do not see it. */
export const BLOCKED_BACKOFF: Backoff = { firstMs: 300_000, mostMs: 1_800_000 };
/** From this many failures of its own on, a message is set aside. */
export const SET_ASIDE_AFTER = 2;
/** With this many failures of its own it is given up on. */
export const DEAD_AFTER = 5;
/** From this many single events refused in a row on, the channel is at fault. */
export const REFUSES_ALL_AFTER = 3;
/** A message may be made shorter this often. */
const SHORTENED_AT_MOST = 3;

/** What the decision depends on beside the outcome. */
export interface SettleContext {
  readonly history: MessageHistory;
  /** What the lane was answered before, since its last delivery. */
  readonly doubts: Doubts;
  /** How many times in a row the channel was in trouble before. */
  readonly channelFailures: number;
  /** How many times in a row the credential was blocked before. */
  readonly blockedCount: number;
  /** The lane has other credentials to send under. */
  readonly hasOthers: boolean;
  readonly now: number;
  /** From 0 to 1, for the jitter. */
  readonly random: number;
  /** The id to use if the message needs a new one. */
  readonly freshId: string;
}

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

type OutcomeOf<Kind extends Outcome['kind']> = Extract<Outcome, { kind: Kind }>;

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
  if (counts && ownFailures >= DEAD_AFTER) return { message: { kind: 'dead' }, doubt: 'failures' };
  const at = now + (outcome.waitMs ?? backoffMs(OWN_BACKOFF, ownFailures, random));
  return { message: { ...again, at, setAside: ownFailures >= SET_ASIDE_AFTER }, doubt: 'failures' };
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

function channelFailed(outcome: OutcomeOf<'retry'>, context: SettleContext): Settlement {
  const { history, now, random, freshId } = context;
  const ambiguous = history.ambiguous || outcome.ambiguous;
  // Where nothing arrived, no id was used up, and no call was made.
  const isUnreachable = outcome.reason === 'unreachable';
  const again = {
    kind: 'again',
    setAside: history.ownFailures >= SET_ASIDE_AFTER,
    history: { ownFailures: history.ownFailures, ambiguous },
  } as const;
  // notifierd ended it: that says nothing of the channel.
  if (outcome.reason === 'aborted') return { message: { ...again, at: now } };
  const failures = context.channelFailures + 1;
  const backoff = isUnreachable ? UNREACHABLE_BACKOFF : CHANNEL_BACKOFF;
  const retryAt = now + (outcome.waitMs ?? backoffMs(backoff, failures, random));
  return {
    message: { ...again, at: retryAt, ...(isUnreachable || ambiguous ? {} : { freshId }) },
    trouble: { cause: 'outage', failures, retryAt },
    ...(isUnreachable ? { uncounted: true } : {}),
  };
}

function throttled(outcome: OutcomeOf<'throttled'>, context: SettleContext): Settlement {
  const jitterMs = Math.round(outcome.waitMs * 0.1 * context.random);
  const until = context.now + outcome.waitMs + jitterMs;
  return {
    message: refusedForNow(context, until),
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

function blocked(outcome: OutcomeOf<'blocked'>, context: SettleContext): Settlement {
  const count = context.blockedCount + 1;
  const until = context.now + backoffMs(BLOCKED_BACKOFF, count, context.random);
  return {
    message: refusedForNow(context, until),
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
  heldUntil: number,
): Settlement['message'] {
  const { ownFailures, ambiguous } = history;
  const isBound = ambiguous && hasOthers;
  return {
    kind: 'again',
    at: isBound ? heldUntil : now,
    setAside: isBound || ownFailures >= SET_ASIDE_AFTER,
    history: { ownFailures, ambiguous },
    ...(ambiguous ? {} : { freshId }),
  };
}

function refused(outcome: OutcomeOf<'refused'>, context: SettleContext): Settlement {
  const { mend } = outcome;
  const { history, doubts, freshId } = context;
  const { events, mends, ownFailures, ambiguous } = history;
  // Of many events one is at fault: halve until it stands alone.
  if (events > 1) return { message: { kind: 'recompose', mends, atMost: Math.ceil(events / 2) } };
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

function mayMend(mends: readonly Mend[], mend: Mend): boolean {
  const before = mends.filter((done) => done === mend).length;
  return before < (mend === 'shorter' ? SHORTENED_AT_MOST : 1);
}
