/**
 * The step from posted bytes to "stored, now ours": parse, normalize, route, append. Whoever posted is answered only after the
 * outbox has committed; everything that comes later is the lanes' work.
 */
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { Appended, Outbox } from '../outbox/contract.ts';
import type { WebhookTurns } from '../turns.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import { type Arrival, type Incoming, type ReadOptions, readArrival } from './incoming.ts';
import type { IntakeObserver } from './observer.ts';
import { createTurnstile } from './turnstile.ts';

/** What the sender is told. */
export interface Receipt {
  readonly notificationId: string;
  /** A copy of what was accepted before: nothing was queued. */
  readonly duplicate: boolean;
  readonly received: number;
  /** Events queued, summed over sinks. */
  readonly queued: number;
  readonly relisted: number;
}

/**
 * Resolves once the notification is durable; with `undefined`, and nothing stored, if its sender has left. Throws PayloadError for bytes that
 * can never pass, UnavailableError for our trouble.
 */
export type Accept = (arrival: Arrival) => Promise<Receipt | undefined>;

/** What accept needs. */
export interface AcceptOptions extends Omit<ReadOptions, 'now'> {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly observer: IntakeObserver;
  /** Shared with the lanes. */
  readonly turns: WebhookTurns;
  /**
   * The outbox carries out in one order what it is asked: a lane that looks right after an append sees what that stored, with the same
   * commit, and need not be told first that it is done.
   */
  readonly inOrder: boolean;
  /** New events wait in this lane. */
  wake(lane: string): void;
  /** Hears the alerts that are heartbeats, which are not delivered. */
  readonly watchdog?: Pick<Watchdog, 'isHeartbeat' | 'heard'>;
}

/**
 * Alertmanager's peers send too when an answer takes 15 s, and its flush ends after at least 10 s: a store slower than this is
 * answered 503, and what was committed after all is recognized when it is posted again.
 */
const STORE_WITHIN_MS = 8_000;

/** How long webhooks are read before everybody else has a turn; only a single large one takes longer. */
const READ_TURN_MS = 2;

/** Builds the step for one configuration. */
export function createAccept(options: AcceptOptions): Accept {
  const { outbox, clock, observer, watchdog } = options;
  const turnstile = createTurnstile({
    turnMs: READ_TURN_MS,
    elapsed: () => clock.elapsed(),
    nextTurn: options.turns.next,
  });
  return function accept(arrival) {
    // The parsed webhook is never the value of a promise: an old promise keeps its value until the next large garbage collection.
    return turnstile(() => store(read(arrival)));
  };

  function read(arrival: Arrival): Incoming {
    const incoming = readArrival(arrival, { ...options, now: () => clock.now() });
    options.turns.read(incoming.alerts);
    return incoming;
  }

  /** Keeps no reference to the notification while the outbox writes: garbage collection would copy it each time. */
  function store({ notification, ...incoming }: Incoming): Promise<Receipt | undefined> {
    let isLate = false;
    const stored = inTime(clock, {
      // Who is answered 503 posts again, perhaps something newer: what was too late must not be stored behind that.
      stored: outbox.append({
        ...notification,
        isWanted: () => !isLate && notification.isWanted?.() !== false,
      }),
      onLate: () => {
        isLate = true;
      },
    });
    if (options.inOrder) for (const lane of incoming.routed.keys()) options.wake(lane);
    return stored.then(
      (appended) => acknowledge(appended, incoming),
      (error: unknown) => {
        observer.notStored(error);
        throw error;
      },
    );
  }

  function acknowledge(
    appended: Appended,
    { alerts, repeated, received, routed, unrouted, heartbeat }: Omit<Incoming, 'notification'>,
  ): Receipt | undefined {
    if (appended.kind === 'abandoned') return undefined;
    if (heartbeat) watchdog?.heard();
    const { notificationId: id } = appended;
    const receipt = { notificationId: id, received: alerts };
    if (appended.kind === 'duplicate') {
      observer.duplicate({ id, received });
      return { ...receipt, duplicate: true, queued: 0, relisted: 0 };
    }
    const { queued, mixed } = appended;
    const relisted = appended.relisted + repeated;
    observer.accepted({ id, received, relisted, unrouted, routed, queued });
    if (mixed > 0) observer.mixed({ id, times: mixed });
    for (const lane of queued.keys()) options.wake(lane);
    return { ...receipt, duplicate: false, queued: sum([...queued.values()]), relisted };
  }
}

async function inTime<Result>(
  clock: Clock,
  { stored, onLate }: { readonly stored: Promise<Result>; onLate(): void },
): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(STORE_WITHIN_MS, () => {
    onLate();
    reject(new UnavailableError('outbox_slow', 'the outbox has not confirmed in time; post it again'));
  });
  try {
    return await Promise.race([stored, late]);
  } finally {
    cancel();
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
