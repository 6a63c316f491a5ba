/**
 * What notifierd counts and measures, on a registry of its own so that two daemons can live in one process. The parts record
 * through typed methods; lanes are read when Prometheus asks, so that a scrape tells the present and nothing has to keep gauges up
 * to date. catalogue.ts says what each metric means.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { EventStatus } from '../event/event.ts';
import type { OutcomeKind, Reason } from '../plugin/outcome.ts';
import { CATALOGUE } from './catalogue.ts';
import { createGauge, createInstruments } from './instruments.ts';
import { createLaneGauges, type LaneReading } from './lane-gauges.ts';
import { createMonthGauges, type MonthReading } from './month-gauges.ts';

export type { LaneReading } from './lane-gauges.ts';
export type { MonthReading } from './month-gauges.ts';

/** One send that has ended. */
export interface AttemptReading {
  readonly sink: string;
  readonly outcome: OutcomeKind;
  readonly reason: Reason;
  readonly seconds: number;
}

/** The recording side, one method an occasion, and the page that Prometheus reads. Counts are 0 or more. */
export interface Metrics {
  /** A request on a webhook path was answered with this HTTP status. */
  webhookAnswered(code: number, seconds: number): void;
  eventsReceived(status: EventStatus, count: number): void;
  eventsRelisted(count: number): void;
  notificationDeduplicated(): void;
  notificationMixed(): void;
  eventsUnrouted(count: number): void;
  eventsRouted(sink: string, count: number): void;
  eventsQueued(sink: string, count: number): void;
  /** A message was confirmed; one latency per event in it, from receipt to confirmation. */
  eventsDelivered(sink: string, count: number, latencySeconds: readonly number[]): void;
  eventsDead(sink: string, count: number): void;
  eventsHandedOver(sink: string, count: number): void;
  attemptEnded(attempt: AttemptReading): void;
  composeFailed(sink: string): void;
  /** The lanes that this replica drains now; all others it does not. */
  lanesHeld(sinks: readonly string[], replicas: number): void;
  leaseLost(sink: string): void;
  commitTook(seconds: number): void;
  outboxFailed(): void;
  /** `hash`: hexadecimal, at least 12 digits. `at`: milliseconds since the Unix epoch. */
  configLoaded(config: { readonly hash: string; readonly at: number }): void;
  /** The page for Prometheus. Answers also when the lanes cannot be read: with their last known values. */
  expose(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** What the metrics are told at start. */
export interface MetricsOptions {
  readonly sinks: readonly { readonly name: string; readonly plugin: string }[];
  readonly version: string;
  /** Reads all lanes from the outbox. Called once a scrape; may reject. */
  readonly readLanes: () => Promise<readonly LaneReading[]>;
  /** The same for the months of all organizations whose calls are counted; absent if there is none. */
  readonly readMonths?: () => Promise<readonly MonthReading[]>;
  /** How long a scrape waits for these, in milliseconds. Below Prometheus's own time-out of 10 s. */
  readonly laneReadTimeoutMs?: number;
}

/**
 * Gauges of prom-client's own with a counter's name, to which promtool objects; each is the sum of one that stays, which has a label.
 * https://prometheus.io/docs/practices/naming/
 */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** All metrics, with every label set that these sinks can have. */
export function createMetrics({
  sinks,
  version,
  readLanes,
  readMonths,
  laneReadTimeoutMs = 5000,
}: MetricsOptions): Metrics {
  const registry = new Registry();
  const names = sinks.map((sink) => sink.name);
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const record = createInstruments(registry, names);
  const lanes = createLaneGauges((entry) => createGauge(registry, entry), names);
  const showMonths = createMonthGauges((entry) => createGauge(registry, entry));
  createGauge(registry, CATALOGUE.build).set({ version, node_version: process.version }, 1);

  return {
    webhookAnswered(code, seconds) {
      record.webhooks.inc({ code });
      record.webhookDuration.observe(seconds);
    },
    eventsReceived: (status, count) => record.eventsReceived.inc({ status }, count),
    eventsRelisted: (count) => record.eventsRelisted.inc(count),
    notificationDeduplicated: () => record.notificationsDeduplicated.inc(),
    notificationMixed: () => record.notificationsMixed.inc(),
    eventsUnrouted: (count) => record.eventsUnrouted.inc(count),
    eventsRouted: (sink, count) => record.eventsRouted.inc({ sink }, count),
    eventsQueued: (sink, count) => record.eventsQueued.inc({ sink }, count),
    eventsDelivered(sink, count, latencySeconds) {
      record.eventsDelivered.inc({ sink }, count);
      for (const seconds of latencySeconds) record.deliveryLatency.observe({ sink }, seconds);
    },
    eventsDead: (sink, count) => record.eventsDead.inc({ sink }, count),
    eventsHandedOver: (sink, count) => record.eventsHandedOver.inc({ sink }, count),
    attemptEnded({ sink, outcome, reason, seconds }) {
      record.attempts.inc({ sink, outcome, reason });
      record.attemptDuration.observe({ sink }, seconds);
    },
    composeFailed: (sink) => record.composeErrors.inc({ sink }),
    lanesHeld(held, replicas) {
      for (const sink of names) record.laneHeld.set({ sink }, Number(held.includes(sink)));
      record.replicas.set(replicas);
    },
    leaseLost(sink) {
      record.leasesLost.inc({ sink });
      // Until the outbox answers again nobody says what is held.
      record.laneHeld.set({ sink }, 0);
    },
    commitTook: (seconds) => record.commitDuration.observe(seconds),
    outboxFailed: () => record.outboxErrors.inc(),
    configLoaded({ hash, at }) {
      // A Prometheus value is a double, whose 53 bits hold 12 hexadecimal digits exactly; Alertmanager does the same.
      record.configHash.set(Number.parseInt(hash.slice(0, 12), 16));
      record.configLoadTimestamp.set(at / 1000);
    },
    async expose() {
      try {
        lanes.show(await within(laneReadTimeoutMs, readLanes()));
        if (readMonths !== undefined) showMonths(await within(laneReadTimeoutMs, readMonths()));
      } catch {
        record.scrapeErrors.inc();
      }
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

/** The result, or a rejection after `ms`: an outbox that hangs is when the other metrics are needed most. */
async function within<Result>(ms: number, result: Promise<Result>): Promise<Result> {
  const limit = AbortSignal.timeout(ms);
  return await Promise.race([
    result,
    new Promise<never>((_, reject) =>
      limit.addEventListener('abort', () => reject(limit.reason), { once: true }),
    ),
  ]);
}
