/** The section `watchdog` of a configuration, the dead man's switch: matchers parsed, sinks known. Absent: there is none. */
import type { Fault } from '../errors.ts';
import type { WatchdogConfig } from '../watchdog/watchdog.ts';
import type { Setting } from './formats.ts';
import { isMapping } from './mapping.ts';
import { type KnownSinks, readMatchers, sinkFaults, textsOf } from './routes.ts';
import { readSection, type Surroundings } from './section.ts';
import { kindOf } from './show.ts';

const EXAMPLE = 'matchers: [\'alertname="Watchdog"\']';
const LONGEST_MS = 7 * 24 * 3_600_000;

/** The keys of the section. */
export const WATCHDOG_SETTINGS: Readonly<Record<string, Setting>> = {
  matchers: {
    doc: "Conditions on the labels of Alertmanager's always-firing alert, all of which must hold. At least one.",
    default: [],
    format: 'text_list',
  },
  interval: {
    doc: "How often the heartbeat comes: the repeat_interval of Alertmanager's route for it.",
    default: '5m',
    format: 'duration',
    atLeast: 10_000,
    atMost: LONGEST_MS,
  },
  grace: {
    doc: 'How much later than that it may come before the alarm is raised.',
    default: '6m',
    format: 'duration',
    atMost: LONGEST_MS,
  },
  sinks: {
    doc: 'Names of the sinks that are told. At least one.',
    default: [],
    format: 'text_list',
  },
};

/** What was read. */
export interface ReadWatchdog {
  readonly watchdog?: WatchdogConfig;
  readonly faults: readonly Fault[];
}

/** Reads the section; without it there is no watchdog. */
export async function readWatchdog(
  raw: unknown,
  sinks: KnownSinks,
  around: Surroundings,
): Promise<ReadWatchdog> {
  if (raw === undefined) return { faults: [] };
  const at = 'watchdog';
  if (!isMapping(raw)) {
    const message = `expected matchers, interval, grace and sinks, got ${kindOf(raw)}`;
    return { faults: [{ path: at, message }] };
  }
  const section = await readSection(raw, { at, settings: WATCHDOG_SETTINGS }, around);
  const faults: Fault[] = [...section.faults];
  const { interval, grace } = section.values;
  const names = textsOf(section.values.sinks);
  const texts = textsOf(section.values.matchers);
  if (faults.length === 0 && names.length === 0) {
    faults.push({ path: `${at}.sinks`, message: 'missing: expected the name of at least one sink' });
  }
  const matcherFaults: Fault[] = [];
  const matchers = texts.flatMap((text, index) =>
    readMatchers(`${at}.matchers[${index}]`, text, matcherFaults),
  );
  if (faults.length + matcherFaults.length === 0 && matchers.length === 0) {
    const message = 'missing: without a condition every alert would be taken for the heartbeat';
    faults.push({ path: `${at}.matchers`, message, hint: EXAMPLE });
  }
  if (matchers.length > 0 && matchers.every((matcher) => matcher.matches({}))) {
    const message =
      'expected a condition that alerts without labels do not fulfil, or most would be taken for the heartbeat';
    matcherFaults.push({ path: `${at}.matchers`, message, hint: EXAMPLE });
  }
  names.forEach((name, index) => {
    faults.push(...sinkFaults(`${at}.sinks[${index}]`, name, sinks));
  });
  faults.push(...matcherFaults);
  if (faults.length > 0 || typeof interval !== 'number' || typeof grace !== 'number') return { faults };
  return { watchdog: { matchers, sinks: names, intervalMs: interval, graceMs: grace }, faults };
}
