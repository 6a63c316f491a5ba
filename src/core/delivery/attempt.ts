/**
 * One attempt, from a start that is on record to a settlement that is: send, decide what follows (settle.ts), and store it. Once the
 * outcome is known it is kept in hand until the outbox has it, or else a restart would send the message again.
 */
import type { Clock } from '../clock.ts';
import type { LaneView, Outbox, Settlement, Started } from '../outbox/contract.ts';
import type { Outcome, Sink } from '../plugin/contract.ts';
import { reasonOf } from '../plugin/outcome.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { LaneObserver } from './observer.ts';
import { settleOutcome } from './settle.ts';

/** What an attempt needs. */
export interface AttemptOptions {
  /** The sink's name. */
  readonly name: string;
  readonly sink: Sink;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly observer: LaneObserver;
  /** From 0 to 1, for jitter. */
  random(): number;
  /** A new UUID. */
  newId(): string;
}

/** The outbox cannot be read or written: knock again, soon at first. */
export const OUTBOX_BACKOFF: Backoff = { firstMs: 200, mostMs: 10_000 };

/** Never rejects. After `signal` aborts it ends soon; what could not be stored then is sent again by the next start. */
export async function attempt(
  options: AttemptOptions,
  { attempt: ref, message }: Started,
  { view, signal }: { readonly view: LaneView; readonly signal: AbortSignal },
): Promise<void> {
  const { name, clock, observer } = options;
  const begun = clock.elapsed();
  const outcome = await sendOnce(options, message, signal);
  const seconds = (clock.elapsed() - begun) / 1000;
  const settlement = settleOutcome(outcome, {
    history: message.history,
    blockedCount: view.hold?.kind === 'blocked' ? view.hold.count : 0,
    now: clock.now(),
    random: options.random(),
    freshId: options.newId(),
  });
  observer.attemptEnded({ lane: name, message, outcome, settlement, seconds });
  await storeSettlement(options, { attempt: ref, message: message.ref, outcome, settlement }, signal);
}

async function sendOnce(
  { name, sink, observer }: AttemptOptions,
  { id, form, body }: Started['message'],
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await sink.send({ id, form, body }, signal);
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
  { name: lane, outbox, clock, observer, random }: AttemptOptions,
  { outcome, settlement, ...refs }: Ended,
  signal: AbortSignal,
): Promise<void> {
  const detail = outcome.kind === 'delivered' ? '' : outcome.detail;
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
        at,
      };
      const settled = await outbox.settle(ended);
      return observer.settled({ lane, settlement, settled, at });
    } catch (error) {
      observer.laneFailed(lane, error, failures);
      if (signal.aborted) return;
      await clock.wait(backoffMs(OUTBOX_BACKOFF, failures, random()), signal);
    }
  }
}
