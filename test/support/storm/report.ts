/**
 * The figures of a storm: what was lost or shown twice, how many messages it took against the least that their bytes allow, and how
 * late people learned of it. Pure: from what was posted and what the simulator saw.
 */
import type { ShownMessage, SimRequest, Violation } from '../dingtalk-sim/records.ts';
import type { StormWebhook } from './load.ts';
import { type AlertKey, keyOf, type ReadMessage, readMessage } from './reading.ts';

/** A webhook that was acknowledged. Instants in milliseconds since the Unix epoch, by the storm's clock. */
export interface PostedWebhook {
  readonly webhook: StormWebhook;
  /** When its first post began. */
  readonly begunAt: number;
}

/** All that a storm left behind. */
export interface StormRecords {
  readonly posted: readonly PostedWebhook[];
  readonly messages: readonly ShownMessage[];
  readonly requests: readonly SimRequest[];
  readonly violations: readonly Violation[];
}

/** What it came to. Durations in milliseconds of the storm's clock. */
export interface StormReport {
  /** Acknowledged alerts: one in two states counts twice. */
  readonly alerts: number;
  /** Acknowledged and shown nowhere. */
  readonly lost: readonly AlertKey[];
  /** Shown more than once. */
  readonly twice: readonly AlertKey[];
  /** Alerts whose end was shown before their beginning. */
  readonly overtaken: readonly string[];
  readonly violations: readonly Violation[];
  /** Messages that people saw. */
  readonly messages: number;
  /** All calls to the robot: more than the messages where attempts failed. */
  readonly calls: number;
  /**
   * The fewest messages into which the bytes of all shown messages go: their sum ÷ 18,000, rounded up. Headings and frames count, so
   * it says how full the messages were, not how well they were worded.
   */
  readonly leastByBytes: number;
  /** The same for the alerts' own lines alone. */
  readonly leastByLines: number;
  /** From the first, and from the last, webhook to the last alert shown. */
  readonly sinceFirstMs: number;
  readonly sinceLastMs: number;
  /** From the webhook to the message, for critical alerts; absent if there were none. */
  readonly critical?: { readonly count: number; readonly medianMs: number; readonly slowestMs: number };
  /** Each of these waits, for whoever asks when the long ones were. */
  readonly criticalWaits: readonly { readonly arrivedAt: number; readonly waitMs: number }[];
  /** Most calls in any 60 seconds, both ends included. */
  readonly mostIn60s: number;
  /** Every message in its order, for whoever asks where the starts went. */
  readonly sends: readonly StormSend[];
}

/** One message of a storm. */
export interface StormSend {
  /** Since the first webhook. */
  readonly atMs: number;
  readonly form: string;
  readonly alerts: number;
  readonly criticals: number;
  readonly bytes: number;
}

/** What notifierd packs a message to; DingTalk refuses more than 20,000 bytes. */
const MESSAGE_BYTES = 18_000;
const MINUTE_MS = 60_000;

/** The figures. There must have been at least one webhook and one message. */
export function reportOf({ posted, messages, requests, violations }: StormRecords): StormReport {
  const read = messages.toSorted((one, other) => one.shownAt - other.shownAt).map(readMessage);
  const shownAt = firstShown(read);
  const arrivals = arrivalsOf(posted);
  const begun = posted.map(({ begunAt }) => begunAt);
  const lastShownAt = Math.max(...messages.map((message) => message.shownAt));
  const first = Math.min(...begun);
  return {
    alerts: arrivals.size,
    lost: [...arrivals.keys()].filter((key) => !shownAt.has(key)),
    twice: repeated(read.flatMap(({ alerts }) => alerts)),
    overtaken: overtakenIn(shownAt),
    violations,
    messages: messages.length,
    calls: requests.length,
    leastByBytes: Math.ceil(sum(messages.map(({ bytes }) => bytes)) / MESSAGE_BYTES),
    leastByLines: Math.ceil(sum(read.map(({ lineBytes }) => lineBytes)) / MESSAGE_BYTES),
    sinceFirstMs: lastShownAt - first,
    sinceLastMs: lastShownAt - Math.max(...begun),
    ...criticalOf(posted, shownAt),
    criticalWaits: criticalWaits(posted, shownAt),
    mostIn60s: mostWithin(
      requests.map(({ at }) => at),
      MINUTE_MS,
    ),
    sends: sendsOf(read, { first, criticals: criticalKeys(posted) }),
  };
}

function firstShown(read: readonly ReadMessage[]): ReadonlyMap<AlertKey, number> {
  const entries = read.flatMap(({ alerts, message }) =>
    alerts.map((key): [AlertKey, number] => [key, message.shownAt]),
  );
  // Of equal keys the last entry stays: the earliest.
  return new Map(entries.toReversed());
}

function arrivalsOf(posted: readonly PostedWebhook[]): ReadonlyMap<AlertKey, number> {
  return new Map(
    posted.flatMap(({ webhook, begunAt }) =>
      webhook.alerts.map((alert): [AlertKey, number] => [keyOf(alert), begunAt]),
    ),
  );
}

function criticalKeys(posted: readonly PostedWebhook[]): ReadonlySet<AlertKey> {
  const alerts = posted.flatMap(({ webhook }) => webhook.alerts);
  return new Set(alerts.filter(({ severity }) => severity === 'critical').map(keyOf));
}

function repeated(keys: readonly AlertKey[]): readonly AlertKey[] {
  const seen = new Set<AlertKey>();
  return keys.filter((key) => seen.size === seen.add(key).size);
}

function overtakenIn(shownAt: ReadonlyMap<AlertKey, number>): readonly string[] {
  const resolved = [...shownAt].filter(([key]) => key.startsWith('resolved '));
  return resolved
    .map(([key, at]): [string, number] => [key.slice('resolved '.length), at])
    .filter(([mark, at]) => at < (shownAt.get(`firing ${mark}`) ?? Number.NEGATIVE_INFINITY))
    .map(([mark]) => mark);
}

function criticalOf(
  posted: readonly PostedWebhook[],
  shownAt: ReadonlyMap<AlertKey, number>,
): Pick<StormReport, 'critical'> {
  const waits = criticalWaits(posted, shownAt)
    .map(({ waitMs }) => waitMs)
    .sort((a, b) => a - b);
  const slowestMs = waits.at(-1);
  if (slowestMs === undefined) return {};
  return { critical: { count: waits.length, medianMs: waits[waits.length >> 1] ?? slowestMs, slowestMs } };
}

function criticalWaits(
  posted: readonly PostedWebhook[],
  shownAt: ReadonlyMap<AlertKey, number>,
): StormReport['criticalWaits'] {
  const arrivals = arrivalsOf(posted);
  return [...criticalKeys(posted)].flatMap((key) => {
    const at = shownAt.get(key);
    const arrivedAt = arrivals.get(key);
    return at === undefined || arrivedAt === undefined ? [] : [{ arrivedAt, waitMs: at - arrivedAt }];
  });
}

function mostWithin(instants: readonly number[], windowMs: number): number {
  const sorted = instants.toSorted((a, b) => a - b);
  return Math.max(
    0,
    ...sorted.map((end, index) => index + 1 - sorted.findIndex((at) => at >= end - windowMs)),
  );
}

function sendsOf(
  read: readonly ReadMessage[],
  { first, criticals }: { first: number; criticals: ReadonlySet<AlertKey> },
): readonly StormSend[] {
  return read.map(({ message, alerts }) => ({
    atMs: message.shownAt - first,
    form: message.msgtype,
    alerts: alerts.length,
    criticals: alerts.filter((key) => criticals.has(key)).length,
    bytes: message.bytes,
  }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
