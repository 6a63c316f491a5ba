/** The section `expire_after` of a sink: how long events of each severity may wait before they are not worth a message any more. */
import type { Fault } from '../errors.ts';
import type { Expiry } from '../event/expiry.ts';
import { ownValue } from '../event/own-value.ts';
import { SEVERITIES } from '../event/severity.ts';
import { renderDuration } from './duration.ts';
import type { Setting } from './formats.ts';
import { type Mapping, nest } from './mapping.ts';

/** Shorter would give up events that a common retry still delivers. */
const SHORTEST_MS = 60_000;

/** The keys of the section, by their path inside a sink: one for each severity. */
export const EXPIRY_SETTINGS: Readonly<Record<string, Setting>> = Object.fromEntries(
  SEVERITIES.map((severity) => [
    pathOf(severity),
    {
      doc: `How long an event of severity ${severity} may wait; then it becomes a dead letter. At least 1m; without it, or with 0, it waits for ever.`,
      default: null,
      format: 'duration',
    },
  ]),
);

/** Reads the section from a sink's checked values. Pure. */
export function readExpiry(
  at: string,
  values: Mapping,
): { readonly expireAfter: Expiry; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const entries: [string, number][] = [];
  for (const severity of SEVERITIES) {
    const ms = ownValue(values, pathOf(severity));
    // The format has refused all but durations.
    if (typeof ms !== 'number' || ms === 0) continue;
    if (ms < SHORTEST_MS) faults.push(tooShort(`${at}.${pathOf(severity)}`, ms));
    else entries.push([severity, ms]);
  }
  return { expireAfter: Object.fromEntries(entries), faults };
}

/** The section as a configuration file would have it; nothing if no event expires. */
export function plainExpiry(expiry: Expiry): Mapping {
  return nest(Object.entries(expiry).map(([severity, ms]) => [pathOf(severity), renderDuration(ms)]));
}

function pathOf(severity: string): string {
  return `expire_after.${severity}`;
}

function tooShort(path: string, ms: number): Fault {
  const shortest = renderDuration(SHORTEST_MS);
  return {
    path,
    message: `expected at least ${shortest}, got ${renderDuration(ms)}`,
    hint: 'write 0, or remove the line, for events that never expire',
  };
}
