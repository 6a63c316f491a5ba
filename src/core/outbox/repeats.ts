/**
 * Repeats: pure. Alertmanager delivers at least once and without ids, and lists whole groups again when one alert changes. This
 * file decides, from what one stream of notifications (path, receiver, group) has brought before, which alerts of a new
 * notification are new states. The memory is stored in the same transaction as the events it let pass.
 */
import type { RepeatKeys } from './contract.ts';

/** What was accepted in one stream. */
export interface GroupMemory {
  /** Notifications accepted within the window. */
  readonly accepted: readonly { readonly key: string; readonly at: number; readonly id: string }[];
  /** When and what was accepted last, however long ago. */
  readonly last?: { readonly key: string; readonly at: number };
  /** By fingerprint: the last accepted state of each alert, and when it was last listed. */
  readonly alerts: ReadonlyMap<string, RememberedAlert>;
}

/** An alert's last accepted state. */
export interface RememberedAlert {
  readonly state: string;
  readonly firing: boolean;
  readonly listedAt: number;
}

/** A listed alert, as far as repeats are concerned. */
export interface ListedAlert {
  readonly fingerprint: string;
  readonly state: string;
  readonly firing: boolean;
}

/** The notification is a copy, or some of its alerts (those marked true in `fresh`, by position) are news. */
export type Judgement =
  | { readonly kind: 'duplicate'; readonly notificationId: string }
  | { readonly kind: 'accepted'; readonly fresh: readonly boolean[]; readonly memory: GroupMemory };

/** A stream that has brought nothing yet. */
export const EMPTY_MEMORY: GroupMemory = { accepted: [], alerts: new Map() };

/**
 * How long an alert that is no longer listed stays remembered: Prometheus sends a resolved alert for 15 minutes (rules/alerting.go),
 * and a truncated list may leave out a firing one for longer.
 */
const FORGET_UNLISTED_AFTER_MS = 24 * 3_600_000;

/**
 * A notification may be stored so much after another one that was received later: two replicas, each with a queue and a look at the time of
 * its own, take in what two Alertmanagers post at once, or what one posts again because the first answer was slow.
 */
const OVERTAKEN_BY_MS = 60_000;

/** Judges a notification that arrives at `at` under `id`. */
export function judge(
  memory: GroupMemory,
  alerts: readonly ListedAlert[],
  arrival: RepeatKeys & { readonly id: string; readonly at: number },
): Judgement {
  const { key, at, windowMs, id } = arrival;
  // An acceptance far in the future (the clock was set back) no longer makes copies: its alerts are recognized as listed again.
  const accepted = memory.accepted.filter(
    (entry) => entry.at - at <= OVERTAKEN_BY_MS && at - entry.at < windowMs,
  );
  const copy = accepted.find((entry) => entry.key === key);
  if (copy !== undefined) return { kind: 'duplicate', notificationId: copy.id };

  const listed = new Set<string>();
  const reminder = isReminder(memory, alerts, arrival);
  const fresh = alerts.map(({ fingerprint, state, firing }) => {
    // The same alert twice in one list says nothing new the second time.
    if (listed.has(fingerprint)) return false;
    listed.add(fingerprint);
    return memory.alerts.get(fingerprint)?.state !== state || (reminder && firing);
  });
  return {
    kind: 'accepted',
    fresh,
    memory: {
      accepted: windowMs === 0 ? [] : [...accepted, { key, at, id }],
      last: { key, at },
      alerts: remember(memory.alerts, alerts, at),
    },
  };
}

/**
 * As stored: arrays instead of objects, so that no key can be mistaken for a property. Neighbours in one state, which are many, share an
 * entry: what is remembered of a group is written with every notification of it.
 */
export function encodeMemory(memory: GroupMemory): string {
  return JSON.stringify([
    memory.accepted.map(({ key, at, id }) => [key, at, id]),
    memory.last === undefined ? [] : [memory.last.key, memory.last.at],
    runsOf(memory.alerts).map(({ state, firing, listedAt, fingerprints }) => [
      state,
      firing ? 1 : 0,
      listedAt,
      fingerprints.join(''),
    ]),
  ]);
}

/** The inverse of encodeMemory(). */
export function decodeMemory(text: string): GroupMemory {
  // Only encodeMemory() writes this column.
  const [accepted, [lastKey, lastAt], runs] = JSON.parse(text) as [
    [string, number, string][],
    [string?, number?],
    [string, 0 | 1, number, string][],
  ];
  const alerts = new Map<string, RememberedAlert>();
  for (const [state, firing, listedAt, fingerprints] of runs) {
    const alert = { state, firing: firing === 1, listedAt };
    for (let at = 0; at < fingerprints.length; at += FINGERPRINT_LENGTH)
      alerts.set(fingerprints.slice(at, at + FINGERPRINT_LENGTH), alert);
  }
  return {
    accepted: accepted.map(([key, at, id]) => ({ key, at, id })),
    ...(lastKey !== undefined && lastAt !== undefined ? { last: { key: lastKey, at: lastAt } } : {}),
    alerts,
  };
}

/** Digits of a fingerprint. */
const FINGERPRINT_LENGTH = 16;

/** Remembered alerts that follow each other and are the same but for their fingerprints. */
function runsOf(
  alerts: ReadonlyMap<string, RememberedAlert>,
): readonly (RememberedAlert & { readonly fingerprints: string[] })[] {
  const runs: (RememberedAlert & { readonly fingerprints: string[] })[] = [];
  for (const [fingerprint, { state, firing, listedAt }] of alerts) {
    if (fingerprint.length !== FINGERPRINT_LENGTH) throw new Error(`not a fingerprint: ${fingerprint}`);
    const run = runs.at(-1);
    if (run?.state === state && run.firing === firing && run.listedAt === listedAt)
      run.fingerprints.push(fingerprint);
    else runs.push({ state, firing, listedAt, fingerprints: [fingerprint] });
  }
  return runs;
}

/**
 * A reminder repeats what still fires: Alertmanager says so (0.32 and newer), or the same set comes again after the window. "The
 * same set" is the last notification once more, or exactly the alerts that fire by our memory: what resolved in between is no
 * longer listed by then.
 */
function isReminder(
  memory: GroupMemory,
  alerts: readonly ListedAlert[],
  { reminder, truncated, key, at, windowMs }: RepeatKeys & { readonly at: number },
): boolean {
  if (reminder) return true;
  if (memory.last === undefined || at - Math.min(memory.last.at, at) < windowMs) return false;
  if (memory.last.key === key) return true;
  if (truncated) return false;
  const firing = [...memory.alerts.values()].filter((alert) => alert.firing).length;
  return (
    alerts.length === firing &&
    alerts.every((alert) => alert.firing && memory.alerts.get(alert.fingerprint)?.state === alert.state)
  );
}

function remember(
  before: ReadonlyMap<string, RememberedAlert>,
  listed: readonly ListedAlert[],
  at: number,
): ReadonlyMap<string, RememberedAlert> {
  const after = new Map<string, RememberedAlert>();
  for (const [fingerprint, alert] of before) {
    if (at - alert.listedAt < FORGET_UNLISTED_AFTER_MS) after.set(fingerprint, alert);
  }
  for (const { fingerprint, state, firing } of listed)
    after.set(fingerprint, { state, firing, listedAt: at });
  return after;
}
