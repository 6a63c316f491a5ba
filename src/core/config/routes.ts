/** The list `routes` of a configuration: matchers parsed, sinks known, and warnings for routes that cannot do what they seem to. */
import { type Fault, NotifierdError } from '../errors.ts';
import { suggest } from '../nearest.ts';
import { type Matcher, parseMatchers } from '../routing/matcher.ts';
import type { RouteRule } from '../routing/routes.ts';
import { type Entry, readEntries } from './entries.ts';
import type { Setting } from './formats.ts';

/** The keys of one route. */
export const ROUTE_SETTINGS: Readonly<Record<string, Setting>> = {
  matchers: {
    doc: "Conditions on an event's labels, all of which must hold, in Alertmanager's syntax: one an entry, or several. Empty: every event.",
    default: [],
    format: 'text_list',
  },
  receivers: {
    doc: "Names of Alertmanager's receivers, one of which the event must come through. Empty: any.",
    default: [],
    format: 'text_list',
  },
  sources: {
    doc: 'Names of senders, as they stand at the end of the webhook path (`/webhook/alertmanager/<source>`). Empty: any.',
    default: [],
    format: 'text_list',
  },
  sinks: {
    doc: 'Names of the sinks that get the event. At least one.',
    default: [],
    format: 'text_list',
  },
  continue: {
    doc: 'Look at the routes below even if this one is taken.',
    default: false,
    format: 'flag',
  },
};

/** What routes may name. */
export interface KnownSinks {
  readonly enabled: readonly string[];
  readonly disabled: readonly string[];
  /** Those that another sink falls back to: they need no route. */
  readonly fallbacks?: readonly string[];
}

/** What was read. */
export interface ReadRoutes {
  readonly routes: readonly RouteRule[] | undefined;
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

/** Reads the list; a missing one stays `undefined`. */
export async function readRoutes(raw: unknown, sinks: KnownSinks): Promise<ReadRoutes> {
  if (raw === undefined) return { routes: undefined, faults: [], warnings: [] };
  const { entries, faults: entryFaults } = await readEntries(raw, { at: 'routes', settings: ROUTE_SETTINGS });
  const faults = [...entryFaults];
  if (Array.isArray(raw) && raw.length === 0) {
    const hint = 'without the key routes, every event goes to every sink';
    faults.push({ path: 'routes', message: 'expected at least one route, got an empty list', hint });
  }
  const routes = entries.map((entry) => toRoute(entry, sinks, faults));
  return { routes, faults, warnings: faults.length === 0 ? warningsOf(routes, sinks) : [] };
}

function toRoute({ at, values, isSound }: Entry, sinks: KnownSinks, faults: Fault[]): RouteRule {
  const names = textsOf(values.sinks);
  // With another fault, the names may only have been put in the wrong place.
  if (names.length === 0 && isSound) {
    faults.push({ path: `${at}.sinks`, message: 'missing: expected the name of at least one sink' });
  }
  names.forEach((name, index) => {
    faults.push(...sinkFaults(`${at}.sinks[${index}]`, name, sinks));
  });
  return {
    matchers: textsOf(values.matchers).flatMap((text, index) =>
      readMatchers(`${at}.matchers[${index}]`, text, faults),
    ),
    receivers: textsOf(values.receivers),
    sources: textsOf(values.sources).map((source, index) => {
      faults.push(...sourceFaults(`${at}.sources[${index}]`, source));
      return source;
    }),
    sinks: names,
    continue: values.continue === true,
  };
}

/** A path cannot name such a source (http/webhook.ts): the route would never be taken. */
function sourceFaults(path: string, source: string): Fault[] {
  const length = [...source].length;
  if (length >= 1 && length <= 100) return [];
  const message = `expected 1 to 100 characters, got ${length}`;
  return [{ path, message, hint: 'it is the last part of the webhook path, /webhook/alertmanager/<source>' }];
}

/** The fault of naming a sink that is not there or gets nothing. */
export function sinkFaults(path: string, name: string, { enabled, disabled }: KnownSinks): Fault[] {
  if (enabled.includes(name)) return [];
  if (disabled.includes(name)) {
    const hint = 'enable it, or name another';
    return [{ path, message: `the sink ${name} is disabled, so its events would be lost`, hint }];
  }
  const message = `there is no sink ${JSON.stringify(name)}`;
  return [{ path, message, ...(enabled.length === 0 ? {} : { hint: suggest(name, enabled) }) }];
}

/** The conditions of one text, or nothing and a fault more. */
export function readMatchers(path: string, text: string, faults: Fault[]): readonly Matcher[] {
  try {
    return parseMatchers(text);
  } catch (error) {
    if (!(error instanceof NotifierdError)) throw error;
    faults.push({ path, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) });
    return [];
  }
}

function warningsOf(routes: readonly RouteRule[], { enabled, fallbacks = [] }: KnownSinks): string[] {
  const warnings: string[] = [];
  const catchAll = routes.findIndex((route) => takesEverything(route));
  const end = routes.findIndex((route) => takesEverything(route) && !route.continue);
  if (catchAll < 0) {
    warnings.push('routes: every route has conditions; events that no route takes are not delivered');
  }
  if (end >= 0 && end < routes.length - 1) {
    warnings.push(`routes[${end}] takes every event, so the routes below it are never reached`);
  }
  const named = new Set([...routes.flatMap(({ sinks }) => sinks), ...fallbacks]);
  for (const name of enabled.filter((sink) => !named.has(sink))) {
    warnings.push(`sinks.${name}: no route names it; it gets only what is posted to /dingtalk/${name}/send`);
  }
  return warnings;
}

function takesEverything({ matchers, receivers, sources }: RouteRule): boolean {
  return matchers.length === 0 && receivers.length === 0 && sources.length === 0;
}

/** The texts of a `text_list`; the format has made sure of the rest. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
