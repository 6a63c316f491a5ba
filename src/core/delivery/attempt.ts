/**
 * One attempt, from a start that is on record to a settlement that is: send, decide what follows (settle.ts), and store it. Once the
 * outcome is known it is kept in hand until the outbox has it, or else a restart would send the message again.
 */
import type { Clock } from '../clock.ts';
import type { Fallback } from '../event/fallback.ts';
import type { CredentialView, LaneView, Outbox, Settlement, Started } from '../outbox/contract.ts';
import type { Outcome, Sink } from '../plugin/contract.ts';
import { reasonOf } from '../plugin/outcome.ts';
import type { LaneTurn } from '../turns.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { standInOf } from './fallback.ts';
import type { LaneLease } from './lane-lease.ts';
import type { LaneObserver } from './observer.ts';
import { settleOutcome } from './settle.ts';

/** What an attempt needs. */
export interface AttemptOptions {
  /** The sink's name. */
  readonly name: string;
  readonly sink: Sink;
  /** The keys of the sink's credentials, in the order of its paces. */
  readonly paceKeys: readonly string[];
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly observer: LaneObserver;
  readonly lease: LaneLease;
  /** The lane's turns on the thread. */
  readonly turn: LaneTurn;
  readonly fallback?: Fallback;
  /** New events wait in this lane, another one. */
  wake(lane: string): void;
  /** From 0 to 1, for jitter. */
  random(): number;
  /** A new UUID. */
  newId(): string;
}

/** The outbox cannot be read or written: knock again, soon at first. */
export const OUTBOX_BACKOFF: Backoff = { firstMs: 200, mostMs: 10_000 };

/** A send that takes longer keeps nobody else from the thread. */
const LONG_SEND_MS = 10;

/** What the attempt began with. */
export interface AttemptContext {
  readonly view: LaneView;
  readonly under: CredentialView;
  readonly signal: AbortSignal;
}

/**
 * What was settled; `undefined` if the lease was over before the send: then nothing was sent, and whoever takes the lane sends it. Never
 * rejects. A send ends with the lease; its outcome counts as long as nobody else has taken the lane. After `signal` aborts it ends soon;
 * what could not be stored then is sent again by the next holder.
 */
export async function attempt(
  options: AttemptOptions,
  { attempt: ref, message }: Started,
  { view, under, signal }: AttemptContext,
): Promise<Settlement | undefined> {
  const { name, paceKeys, clock, observer, lease, turn } = options;
  // The process may have been stopped since the start was recorded, for however long.
  if (!lease.isSure()) return undefined;
  const begun = clock.elapsed();
  const via = Math.max(0, paceKeys.indexOf(under.paceKey));
  const notLong = clock.after(LONG_SEND_MS, turn.resting);
  const outcome = await sendOnce(options, { ...message, via }, AbortSignal.any([signal, lease.over]));
  notLong();
  turn.working(view.waiting);
  const seconds = (clock.elapsed() - begun) / 1000;
  const { trouble } = view;
  const settlement = settleOutcome(outcome, {
    history: message.history,
    doubts: view.doubts,
    channelFailures: trouble?.endedAt === undefined ? (trouble?.failures ?? 0) : 0,
    blockedCount: under.hold?.kind === 'blocked' ? under.hold.count : 0,
    hasOthers: paceKeys.length > 1,
    now: clock.now(),
    random: options.random(),
    freshId: options.newId(),
  });
  observer.attemptEnded({ lane: name, message, outcome, settlement, seconds });
  await storeSettlement(options, { attempt: ref, message: message.ref, outcome, settlement }, signal);
  return settlement;
}

async function sendOnce(
  { name, sink, observer }: AttemptOptions,
  { id, form, body, via }: Started['message'] & { readonly via: number },
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await sink.send({ id, form, body, via }, signal);
  } catch (error) {
    observer.sendThrew(name, error);
    return {
      kind: 'retry',
      reason: 'internal',
      ambiguous: true,
      detail: 'the plugin failed; its log line says how',
    };
  }
}

interface Ended {
  readonly attempt: number;
  readonly message: number;
  readonly outcome: Outcome;
  readonly settlement: Settlement;
}

async function storeSettlement(
  { name: lane, fallback, outbox, clock, observer, turn, wake, random }: AttemptOptions,
  { outcome, settlement, ...refs }: Ended,
  signal: AbortSignal,
): Promise<void> {
  const detail = outcome.kind === 'delivered' ? '' : outcome.detail;
  const isDead = settlement.message.kind === 'dead';
  for (let failures = 1; ; failures++) {
    const at = clock.now();
    try {
      const ended = {
        lane,
        ...refs,
        outcome: outcome.kind,
        reason: reasonOf(outcome),
        detail,
        settlement,
        ...(isDead && fallback !== undefined ? { fallback: standInOf(fallback) } : {}),
        at,
      };
      const settled = await outbox.settle(ended);
      turn.told(settled.events);
      observer.settled({ lane, settlement, settled, at });
      if (fallback === undefined || settled.handedOver === undefined) return;
      observer.handedOver(lane, fallback.sink, settled.handedOver);
      return wake(fallback.sink);
    } catch (error) {
      turn.resting();
      observer.laneFailed(lane, error, failures);
      if (signal.aborted) return;
      await clock.wait(backoffMs(OUTBOX_BACKOFF, failures, random()), signal);
    }
  }
}
