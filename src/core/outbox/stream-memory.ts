/**
 * What the outbox remembers of one stream of notifications (path, source, receiver, group): pure. repeats.ts judges by it; it is written in
 * the transaction that stores the events.
 */

/** What was accepted in one stream. */
export interface StreamMemory {
  /** The latest accepted notifications, in the order in which they were accepted. Only the first stream of all has none. */
  readonly accepted: readonly AcceptedNotification[];
  /** By fingerprint: the last accepted state of each alert. */
  readonly alerts: ReadonlyMap<string, RememberedAlert>;
  /** How many notifications listed an alert from an earlier start than another poster had. */
  readonly mixed: number;
}

/** A notification that was accepted. */
export interface AcceptedNotification {
  readonly key: string;
  readonly at: number;
  readonly id: string;
  /** Who has posted it, the first poster first. The empty text stands for a poster without an address. */
  readonly posters: readonly string[];
}

/** An alert's last accepted state. */
export interface RememberedAlert {
  readonly firing: boolean;
  /** In UTC to the nanosecond: the texts are in the order of the instants. */
  readonly startsAt: string;
  /** When a notification last listed the alert, in this state or in an older one. */
  readonly listedAt: number;
  /** Who posted this state first; the empty text for a poster without an address. */
  readonly poster: string;
}

/** A stream that has brought nothing yet. */
export const EMPTY_MEMORY: StreamMemory = { accepted: [], alerts: new Map(), mixed: 0 };

const HOUR = 3_600_000;
/** A firing alert may be silenced or inhibited for weeks, and then be listed again in the same state. */
const FORGET_FIRING_AFTER_MS = 30 * 24 * HOUR;
/** Prometheus sends a resolved alert for 15 minutes (https://github.com/prometheus/prometheus, rules/alerting.go). */
const FORGET_RESOLVED_AFTER_MS = 24 * HOUR;
/** The memory is written as a whole with each notification. An alert that is forgotten too early is told again when it is listed. */
const MOST_ALERTS = 20_000;

/** The alerts without those that nobody has listed for long, and at most MOST_ALERTS of them: resolved ones go first, then the oldest. */
export function forget(
  alerts: ReadonlyMap<string, RememberedAlert>,
  at: number,
): ReadonlyMap<string, RememberedAlert> {
  const kept = [...alerts].filter(
    ([, { firing, listedAt }]) =>
      at - listedAt < (firing ? FORGET_FIRING_AFTER_MS : FORGET_RESOLVED_AFTER_MS),
  );
  if (kept.length <= MOST_ALERTS) return new Map(kept);
  const dispensable = kept.toSorted(
    ([, one], [, other]) => Number(one.firing) - Number(other.firing) || one.listedAt - other.listedAt,
  );
  const gone = new Set(dispensable.slice(0, kept.length - MOST_ALERTS).map(([fingerprint]) => fingerprint));
  return new Map(kept.filter(([fingerprint]) => !gone.has(fingerprint)));
}

/**
 * As stored: arrays instead of objects, so that no key can be mistaken for a property. Neighbours that differ in their fingerprints alone,
 * which are many, share an entry.
 */
export function encodeMemory({ accepted, alerts, mixed }: StreamMemory): string {
  return JSON.stringify([
    accepted.map(({ key, at, id, posters }) => [key, at, id, posters]),
    rowsOf(alerts).map(({ firing, startsAt, listedAt, poster, fingerprints }) => [
      firing ? 1 : 0,
      startsAt,
      listedAt,
      poster,
      fingerprints.join(''),
    ]),
    mixed,
  ]);
}

/** The inverse of encodeMemory(). */
export function decodeMemory(text: string): StreamMemory {
  // Only encodeMemory() writes this column.
  const [accepted, rows, mixed] = JSON.parse(text) as [
    [string, number, string, string[]][],
    [0 | 1, string, number, string, string][],
    number,
  ];
  const alerts = new Map<string, RememberedAlert>();
  for (const [firing, startsAt, listedAt, poster, fingerprints] of rows) {
    const alert = { firing: firing === 1, startsAt, listedAt, poster };
    for (let at = 0; at < fingerprints.length; at += FINGERPRINT_LENGTH)
      alerts.set(fingerprints.slice(at, at + FINGERPRINT_LENGTH), alert);
  }
  return {
    accepted: accepted.map(([key, at, id, posters]) => ({ key, at, id, posters })),
    alerts,
    mixed,
  };
}

/** Digits of a fingerprint. */
const FINGERPRINT_LENGTH = 16;

interface Row extends RememberedAlert {
  readonly fingerprints: string[];
}

/** Remembered alerts that follow each other and are the same but for their fingerprints. */
function rowsOf(alerts: ReadonlyMap<string, RememberedAlert>): readonly Row[] {
  const rows: Row[] = [];
  for (const [fingerprint, alert] of alerts) {
    if (fingerprint.length !== FINGERPRINT_LENGTH) throw new Error(`not a fingerprint: ${fingerprint}`);
    const row = rows.at(-1);
    if (row !== undefined && isAlike(row, alert)) row.fingerprints.push(fingerprint);
    else rows.push({ ...alert, fingerprints: [fingerprint] });
  }
  return rows;
}

function isAlike(one: RememberedAlert, other: RememberedAlert): boolean {
  return (
    one.firing === other.firing &&
    one.startsAt === other.startsAt &&
    one.listedAt === other.listedAt &&
    one.poster === other.poster
  );
}
