/**
 * A webhook's body, read and routed: pure but for the clock and the new id. What accept.ts stores, and what it tells of it afterwards.
 */
import type { EventStatus } from '../event/event.ts';
import { severityRank } from '../event/severity.ts';
import type { AlertState, NewNotification } from '../outbox/contract.ts';
import type { Router } from '../routing/routes.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import { orderEntries } from './alertmanager/entries.ts';
import { identify, isReminder } from './alertmanager/identity.ts';
import { parsePayload } from './alertmanager/payload.ts';
import { type Routable, readRoutables } from './alertmanager/routable.ts';
import { cutIntoPieces, type RoutedAlert } from './pieces.ts';

/** A webhook's body and where it was posted. */
export interface Arrival {
  /** The canonical path: two webhooks of Alertmanager may post equal bodies to two paths on purpose. */
  readonly path: string;
  /** The sink that the path names, which then is the only one. */
  readonly sink?: string;
  /** The name that the path gives to the sender. */
  readonly source?: string;
  readonly bytes: Uint8Array;
  /** False once the sender has left. What it posts from then on may be newer than this. */
  isWanted(): boolean;
}

/** A notification, read and routed. */
export interface Incoming {
  readonly notification: NewNotification;
  /** All that were posted. */
  readonly alerts: number;
  /** Of these, the ones that say what another entry of the list says. */
  readonly repeated: number;
  readonly received: Readonly<Record<EventStatus, number>>;
  /** By lane. */
  readonly routed: ReadonlyMap<string, number>;
  /** Those that no lane takes; heartbeats are not among them. */
  readonly unrouted: number;
  /** Whether a heartbeat that fires is among them. */
  readonly heartbeat: boolean;
}

/** What reading depends on beside the arrival. */
export interface ReadOptions {
  readonly route: Router;
  /** The label that holds the severity. */
  readonly severityLabel: string;
  readonly dedupWindowMs: number;
  /** Knows the alerts that are heartbeats, which are not delivered. */
  readonly watchdog?: Pick<Watchdog, 'isHeartbeat'>;
  /** The time, in milliseconds since the Unix epoch. */
  now(): number;
  newId(): string;
}

/** Reads it. Throws PayloadError for bytes that can never pass. */
export function readArrival(
  { path, sink, source, bytes, isWanted }: Arrival,
  options: ReadOptions,
): Incoming {
  const { head, alerts } = parsePayload(bytes);
  const payload = { head, alerts: orderEntries(alerts) };
  const named = source === undefined ? {} : { source };
  const { groupId, key, poster, states } = identify({ path, ...named }, payload);
  const routables = readRoutables(payload, { severityLabel: options.severityLabel, ...named });
  const beats = new Set(routables.filter(({ labels }) => options.watchdog?.isHeartbeat(labels)));
  const routed = routeAll(routables, {
    states,
    route: (routable) => (beats.has(routable) ? [] : options.route(routable, sink)),
  });
  const notification = {
    id: options.newId(),
    receivedAt: options.now(),
    repeat: {
      groupId,
      key,
      poster,
      windowMs: options.dedupWindowMs,
      reminder: isReminder(payload),
      truncated: (payload.head.truncatedAlerts ?? 0) > 0,
    },
    ...named,
    head: JSON.stringify(head),
    pieces: cutIntoPieces(routed),
    isWanted,
  };
  return {
    notification,
    alerts: alerts.length,
    repeated: alerts.length - routables.length,
    received: countStatuses(routables),
    routed: countLanes(routed),
    unrouted: routed.filter(({ lanes }) => lanes.length === 0).length - beats.size,
    // Repeats count as well: the heartbeat is the same alert again and again.
    heartbeat: [...beats].some(({ status }) => status === 'firing'),
  };
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

function countStatuses(routables: readonly Routable[]): Record<EventStatus, number> {
  const firing = routables.filter(({ status }) => status === 'firing').length;
  return { firing, resolved: routables.length - firing };
}

function countLanes(routed: readonly RoutedAlert[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { lanes } of routed) for (const lane of lanes) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  return counts;
}
