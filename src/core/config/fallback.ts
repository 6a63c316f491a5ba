/**
 * The section `fallback` of a sink: who is told in its place once it has been unable to deliver for a while. What only shows between
 * sinks (names, circles) is judged when all of them are read.
 */
import type { Fault } from '../errors.ts';
import type { Fallback } from '../event/fallback.ts';
import { parseSeverity, SEVERITIES, type Severity } from '../event/severity.ts';
import { suggest } from '../nearest.ts';
import { renderDuration } from './duration.ts';
import type { Setting } from './formats.ts';
import { isMapping, type Mapping } from './mapping.ts';
import { type KnownSinks, sinkFaults, textsOf } from './routes.ts';
import { showValue } from './show.ts';

const SHORTEST_MS = 10_000;
const LONGEST_MS = 7 * 24 * 3_600_000;

/** The keys of the section, by their path inside a sink. */
export const FALLBACK_SETTINGS: Readonly<Record<string, Setting>> = {
  'fallback.sink': {
    doc: 'The name of the sink that is told in place of this one while this one cannot deliver. Needed once there is a fallback.',
    default: null,
    optional: true,
    format: 'required_text',
  },
  'fallback.after': {
    doc: 'How long this sink must have been unable to deliver.',
    default: '5m',
    format: 'duration',
    atLeast: SHORTEST_MS,
    atMost: LONGEST_MS,
  },
  'fallback.severities': {
    doc: `Which events go there: a list of ${SEVERITIES.join(', ')}. Empty: all.`,
    default: [],
    format: 'text_list',
  },
  'fallback.tell_twice': {
    doc: 'Deliver through this sink as well, once it can, what the fallback has told.',
    default: false,
    format: 'flag',
  },
};

/** A sink and the name of its fallback, as the file has it. */
export interface NamedFallback {
  readonly name: string;
  /** Where the sink stands: `sinks.ops`. */
  readonly at: string;
  readonly fallback: string;
}

/** Reads the section from what the file says and a sink's checked values; `undefined` without one. Pure. */
export function readFallback(
  at: string,
  raw: unknown,
  values: Mapping,
): { readonly fallback?: Fallback; readonly faults: readonly Fault[] } {
  if (!isMapping(raw)) return { faults: [] };
  if (!Object.hasOwn(raw, 'sink')) {
    const message = 'missing: expected the name of the sink to fall back to';
    return { faults: [{ path: `${at}.fallback.sink`, message }] };
  }
  const sink = values['fallback.sink'];
  const afterMs = values['fallback.after'];
  const words = textsOf(values['fallback.severities']);
  const faults = words.flatMap((word, index) => severityFaults(`${at}.fallback.severities[${index}]`, word));
  // Values that the format has refused have a fault of their own.
  if (faults.length > 0 || typeof sink !== 'string' || typeof afterMs !== 'number') return { faults };
  const severities = words.length === 0 ? SEVERITIES : SEVERITIES.filter((word) => words.includes(word));
  return {
    fallback: { sink, afterMs, severities, tellTwice: values['fallback.tell_twice'] === true },
    faults,
  };
}

/** What is wrong with the names in the fallbacks of all sinks. A circle is said once. Pure. */
export function fallbackNameFaults(fallbacks: readonly NamedFallback[], sinks: KnownSinks): Fault[] {
  const sound = new Map<string, NamedFallback>();
  const faults: Fault[] = [];
  for (const named of fallbacks) {
    const found = nameFaults(named, sinks);
    faults.push(...found);
    if (found.length === 0) sound.set(named.name, named);
  }
  return [...faults, ...circleFaults(sound)];
}

/** The section as a configuration file would have it. */
export function plainFallback({ sink, afterMs, severities, tellTwice }: Fallback): Mapping {
  return { sink, after: renderDuration(afterMs), severities, tell_twice: tellTwice };
}

function severityFaults(path: string, word: string): Fault[] {
  if (isSeverity(word)) return [];
  // Labels may say `page` or `P1`; here the words are notifierd's own.
  const meant = parseSeverity(word);
  const hint = meant === 'unknown' ? suggest(word, SEVERITIES) : `did you mean ${meant}?`;
  return [{ path, message: `expected a severity, got ${showValue(word, false)}`, hint }];
}

function isSeverity(word: string): word is Severity {
  return SEVERITIES.some((severity) => severity === word);
}

function nameFaults({ name, at, fallback }: NamedFallback, { enabled, disabled }: KnownSinks): Fault[] {
  const path = `${at}.fallback.sink`;
  if (fallback === name) return [{ path, message: 'expected another sink, got this one' }];
  return sinkFaults(path, fallback, { enabled: enabled.filter((other) => other !== name), disabled });
}

function circleFaults(fallbacks: ReadonlyMap<string, NamedFallback>): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const start of fallbacks.values()) {
    const way: NamedFallback[] = [];
    let next: NamedFallback | undefined = start;
    while (next !== undefined && !seen.has(next.name)) {
      seen.add(next.name);
      way.push(next);
      next = fallbacks.get(next.fallback);
    }
    // A way that ends where it has been itself goes round; else it has met one that was judged before.
    if (next !== undefined && way.includes(next)) faults.push(circleFault(next, way));
  }
  return faults;
}

function circleFault(first: NamedFallback, way: readonly NamedFallback[]): Fault {
  const names = [...way.slice(way.indexOf(first)), first].map(({ name }) => name);
  return {
    path: `${first.at}.fallback.sink`,
    message: `the fallbacks go in a circle: ${names.join(' → ')}`,
    hint: 'take one of them out',
  };
}
