/**
 * The step from posted bytes to "stored, now ours": parse, normalize, route, append. Whoever posted is answered only after the
 * outbox has committed; everything that comes later is the lanes' work.
 */
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { EventStatus } from '../event/event.ts';
import { severityRank } from '../event/severity.ts';
import type { Appended, NewNotification, Outbox } from '../outbox/contract.ts';
import type { Router } from '../routing/routes.ts';
import type { WebhookTurns } from '../turns.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import { type AlertState, identify, isReminder } from './alertmanager/identity.ts';
import { parsePayload } from './alertmanager/payload.ts';
import { type Routable, readRoutables } from './alertmanager/routable.ts';
import type { IntakeObserver } from './observer.ts';
import { cutIntoPieces, type RoutedAlert } from './pieces.ts';
import { createTurnstile } from './turnstile.ts';

/** A webhook's body and where it was posted. */
export interface Arrival {
  /** The canonical path: two webhooks of Alertmanager may post equal bodies to two paths on purpose. */
  readonly path: string;
  /** The sink that the path names, which then is the only one. */
  readonly sink?: string;
  readonly bytes: Uint8Array;
}

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

/** Resolves once the notification is durable. Throws PayloadError for bytes that can never pass, UnavailableError for our trouble. */
export type Accept = (arrival: Arrival) => Promise<Receipt>;

/** What accept needs. */
export interface AcceptOptions {
  readonly outbox: Outbox;
  readonly route: Router;
  /** The label that holds the severity. */
  readonly severityLabel: string;
  readonly clock: Clock;
  readonly dedupWindowMs: number;
  readonly observer: IntakeObserver;
  newId(): string;
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
    // What was read is nobody's value: the promise has grown old while its webhook waited for its turn, and what an old object refers to,
    // needed or not, is copied and kept until the next large collection.
    return turnstile(() => store(read(arrival)));
  };

  function read({ path, sink, bytes }: Arrival): Incoming {
    const payload = parsePayload(bytes);
    const { groupId, key, states } = identify(path, payload);
    const routables = readRoutables(payload, options.severityLabel);
    options.turns.read(routables.length);
    const beats = new Set(routables.filter(({ labels }) => watchdog?.isHeartbeat(labels)));
    const routed = routeAll(routables, {
      states,
      route: (routable) => (beats.has(routable) ? [] : options.route(routable, sink)),
    });
    const notification = {
      id: options.newId(),
      receivedAt: clock.now(),
      repeat: {
        groupId,
        key,
        windowMs: options.dedupWindowMs,
        reminder: isReminder(payload),
        truncated: (payload.head.truncatedAlerts ?? 0) > 0,
      },
      head: JSON.stringify(payload.head),
      pieces: cutIntoPieces(routed),
    };
    return {
      notification,
      alerts: routables.length,
      received: countStatuses(routables),
      routed: countLanes(routed),
      unrouted: routed.filter(({ lanes }) => lanes.length === 0).length - beats.size,
      // Repeats count as well: the heartbeat is the same alert again and again.
      heartbeat: [...beats].some(({ status }) => status === 'firing'),
    };
  }

  /** Holds no notification: while the outbox writes, a collector would carry it from place to place. */
  function store({ notification, ...incoming }: Incoming): Promise<Receipt> {
    const stored = inTime(clock, outbox.append(notification));
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
    { alerts, received, routed, unrouted, heartbeat }: Omit<Incoming, 'notification'>,
  ): Receipt {
    if (heartbeat) watchdog?.heard();
    const { notificationId: id } = appended;
    const receipt = { notificationId: id, received: alerts };
    if (appended.kind === 'duplicate') {
      observer.duplicate({ id, received });
      return { ...receipt, duplicate: true, queued: 0, relisted: 0 };
    }
    const { queued, relisted } = appended;
    observer.accepted({ id, received, relisted, unrouted, routed, queued });
    for (const lane of queued.keys()) options.wake(lane);
    return { ...receipt, duplicate: false, queued: sum([...queued.values()]), relisted };
  }
}

/** A notification, read and routed. */
interface Incoming {
  readonly notification: NewNotification;
  /** All that were posted. */
  readonly alerts: number;
  readonly received: Readonly<Record<EventStatus, number>>;
  /** By lane. */
  readonly routed: ReadonlyMap<string, number>;
  /** Those that no lane takes; heartbeats are not among them. */
  readonly unrouted: number;
  /** Whether a heartbeat that fires is among them. */
  readonly heartbeat: boolean;
}

interface RoutingContext {
  readonly states: readonly AlertState[];
  route(routable: Routable): readonly string[];
}

function routeAll(routables: readonly Routable[], { states, route }: RoutingContext): RoutedAlert[] {
  const routed: RoutedAlert[] = [];
  for (const [index, routable] of routables.entries()) {
    const state = states[index];
    if (state === undefined) throw new Error('an alert has no state');
    const { alert, severity } = routable;
    routed.push({ alert, state, rank: severityRank(severity), lanes: route(routable) });
  }
  return routed;
}

async function inTime<Result>(clock: Clock, stored: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(STORE_WITHIN_MS, () => {
    reject(new UnavailableError('outbox_slow', 'the outbox has not confirmed in time; post it again'));
  });
  try {
    return await Promise.race([stored, late]);
  } finally {
    cancel();
  }
}

function countStatuses(routables: readonly Routable[]): Record<EventStatus, number> {
  const firing = routables.filter(({ status }) => status === 'firing').length;
  return { firing, resolved: routables.length - firing };
}

function countLanes(routed: readonly RoutedAlert[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { lanes } of routed) for (const lane of lanes) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  return counts;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
