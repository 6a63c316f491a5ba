/**
 * Which sinks an event goes to: the routes of the configuration, read from the top, as in Alertmanager's routing tree with one
 * level. Pure; runs once for each event, before it is appended to the outbox.
 */
import type { Event } from '../event/event.ts';
import type { Matcher } from './matcher.ts';

/** One route. An event takes it if it fulfils all matchers and came through one of the receivers, from one of the sources. */
export interface RouteRule {
  /** Empty: every event. */
  readonly matchers: readonly Matcher[];
  /** Exact names of Alertmanager's receivers; empty: every receiver. */
  readonly receivers: readonly string[];
  /** Exact names of senders, as webhook paths give them; empty: every sender, one without a name too. */
  readonly sources: readonly string[];
  /** Names that the configuration has checked. */
  readonly sinks: readonly string[];
  /** Go on with the routes below even if this one is taken. */
  readonly continue: boolean;
}

/** What routing is made of. */
export interface RouterOptions {
  /** In order. `undefined`: every event goes to all sinks. */
  readonly routes: readonly RouteRule[] | undefined;
  /** All enabled sinks. */
  readonly sinks: readonly string[];
}

/** What of an event routes look at. */
export type RoutedEvent = Pick<Event, 'labels' | 'receiver' | 'source'>;

/**
 * The sinks of an event, each once, in the order of routes and of the sinks in them; empty if no route takes it. With `only`, the
 * sink that the webhook's path names, the routes do not count: the event goes there, or nowhere if that sink is not enabled.
 */
export type Router = (event: RoutedEvent, only?: string) => readonly string[];

/** Builds the router for one configuration. */
export function createRouter({ routes, sinks }: RouterOptions): Router {
  return (event, only) => {
    if (only !== undefined) return sinks.includes(only) ? [only] : [];
    return routes === undefined ? sinks : sinksOf(routes, event);
  };
}

function sinksOf(routes: readonly RouteRule[], event: RoutedEvent): readonly string[] {
  const taken = new Set<string>();
  for (const route of routes) {
    if (!takes(route, event)) continue;
    for (const sink of route.sinks) taken.add(sink);
    if (!route.continue) break;
  }
  return [...taken];
}

function takes(route: RouteRule, event: RoutedEvent): boolean {
  if (route.receivers.length > 0 && !route.receivers.includes(event.receiver)) return false;
  if (route.sources.length > 0 && !route.sources.includes(event.source ?? '')) return false;
  return route.matchers.every((matcher) => matcher.matches(event.labels));
}
