/**
 * The entries of a list: pure. Alertmanager lists each alert once. Other senders list an alert that ended and fires again twice, or have
 * alerts without labels, which only their texts tell apart.
 */
import { fingerprintOf } from './fingerprint.ts';
import { canonicalInstant } from './instant.ts';
import { type PayloadAlert, statusOf } from './payload.ts';

/**
 * The list without repetitions, which are entries with equal labels, state and annotations. Entries of one alert change places among
 * themselves: in the order of their starts, those that fire last, because the last word counts.
 */
export function orderEntries(alerts: readonly PayloadAlert[]): readonly PayloadAlert[] {
  const positionsOf = Map.groupBy(alerts.keys(), (position) => fingerprintOf(alerts[position] ?? {}));
  if (positionsOf.size === alerts.length) return alerts;
  const ordered: (PayloadAlert | undefined)[] = [...alerts];
  for (const positions of positionsOf.values()) {
    const entries = withoutRepetitions(positions.flatMap((position) => alerts[position] ?? [])).sort(byStart);
    for (const [index, position] of positions.entries()) ordered[position] = entries[index];
  }
  return ordered.filter((alert) => alert !== undefined);
}

function withoutRepetitions(entries: readonly PayloadAlert[]): PayloadAlert[] {
  const kept = new Map<string, PayloadAlert>();
  for (const entry of entries) {
    const said = JSON.stringify([
      sorted(entry.labels),
      statusOf(entry),
      startOf(entry),
      sorted(entry.annotations),
    ]);
    if (!kept.has(said)) kept.set(said, entry);
  }
  return [...kept.values()];
}

function byStart(one: PayloadAlert, other: PayloadAlert): number {
  const [start, otherStart] = [startOf(one), startOf(other)];
  return rankOf(one) - rankOf(other) || Number(start > otherStart) - Number(start < otherStart);
}

function rankOf(alert: PayloadAlert): number {
  return statusOf(alert) === 'firing' ? 1 : 0;
}

function startOf(alert: PayloadAlert): string {
  return canonicalInstant(alert.startsAt) ?? alert.startsAt;
}

function sorted(texts: PayloadAlert['labels']): readonly (readonly [string, string])[] {
  return Object.entries(texts ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
}
