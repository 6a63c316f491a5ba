/**
 * The daemon: the only file that knows all parts and their order. Builds them along the way of an event, starts them, and stops
 * them the other way round.
 */
import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config/config.ts';
import { createSinks, type ReadySink } from './delivery/create-sinks.ts';
import type { GatherConfig } from './delivery/gather.ts';
import { createLane, type Lane } from './delivery/lane.ts';
import { budgetsOf, monthKey, monthStands } from './delivery/month.ts';
import type { ReadEvent } from './delivery/read-events.ts';
import { createLinks } from './event/links.ts';
import { createHttpApp } from './http/app.ts';
import { checkReadiness } from './http/readiness.ts';
import { type HttpServer, startHttpServer } from './http/server.ts';
import { createAccept } from './intake/accept.ts';
import { createEventReader, type EventReader } from './intake/alertmanager/to-event.ts';
import type { Outbox } from './outbox/contract.ts';
import { openSqliteOutbox } from './outbox/sqlite/engine.ts';
import { createHttpClient } from './plugin/http-client.ts';
import { runRetention } from './retention.ts';
import { createRouter } from './routing/routes.ts';
import { createSteadyClock } from './steady-clock.ts';
import { runStopSteps } from './stop.ts';
import { createIntakeObserver } from './telemetry/intake-observer.ts';
import { createLaneObserver } from './telemetry/lane-observer.ts';
import { toLaneReadings } from './telemetry/lane-readings.ts';
import type { Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { createWatchdog } from './watchdog/watchdog.ts';

/** What a daemon is given beside its configuration. */
export interface DaemonOptions {
  readonly log: Logger;
  /** notifierd's version, for metrics. */
  readonly version: string;
  readonly clock?: Clock;
}

/** A daemon at work. Several can live in one process. */
export interface Daemon {
  /** Where it listens. */
  readonly url: string;
  /** Resolves with the reason if the daemon can no longer do its work; the process should end then. */
  readonly broken: Promise<Error>;
  /** Drains in bounded steps: at most about the configured grace and 5 s. Never rejects; calling it twice is fine. */
  stop(): Promise<void>;
}

/** A request under way ends within milliseconds, or with the outbox's own time-out. */
const REQUESTS_GRACE_MS = 5_000;
/** Largest answer of a channel that is read. */
const MOST_ANSWER_BYTES = 256 * 1024;

/** Resolves once webhooks are taken and lanes are at work. Rejects, with everything closed again, if a part cannot start. */
export async function startDaemon(config: Config, options: DaemonOptions): Promise<Daemon> {
  const { log, clock: machine = systemClock } = options;
  const clock = createSteadyClock({
    machine,
    moveRecords: async (forward) => await outbox?.moveTimes(forward),
    onForward: (byMs) => log.warn('the clock was set forward', { seconds: Math.round(byMs / 1000) }),
  });
  const broken = Promise.withResolvers<Error>();
  const stopping = new AbortController();
  let outbox: Outbox | undefined;
  const { timeoutMs, proxy, noProxy, shutdownGraceMs } = config.delivery;
  const http = createHttpClient({
    timeoutMs,
    maxAnswerBytes: MOST_ANSWER_BYTES,
    ...(proxy === undefined ? {} : { proxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
  });
  // What a vendor checks (a signature's time) goes by the machine's clock.
  const sinks = createSinks(config.sinks, { http, clock: machine, logFor: (sink) => log.child({ sink }) });
  const metrics = buildMetrics({ config, sinks, outbox: () => outbox }, { ...options, clock });
  const readEvent = createEventReader({ links: createLinks(config.links), ...config.intake });
  const { file } = config.outbox.store;
  const { commitTook } = metrics;
  const store = await openSqliteOutbox({ file, onCommit: commitTook, onCrash: broken.resolve });
  outbox = store;

  const wake = (lane: string): void => lanes.get(lane)?.wake();
  const lanes = buildLanes(sinks, {
    gather: config.delivery,
    outbox: store,
    readEvent,
    clock,
    metrics,
    log,
    wake,
  });
  const watchdog =
    config.watchdog &&
    createWatchdog({
      ...config.intake,
      config: config.watchdog,
      outbox: store,
      clock,
      log,
      newId: randomUUID,
      wake,
    });
  let server: HttpServer | undefined;
  let retention: Promise<void> | undefined;
  let watching: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping.abort();
    stopped ??= runStopSteps(log, [
      ['requests', async () => await server?.stop(Math.min(REQUESTS_GRACE_MS, shutdownGraceMs))],
      [
        'lanes',
        async () => void (await Promise.all([...lanes.values()].map((lane) => lane.stop(shutdownGraceMs)))),
      ],
      ['retention', async () => await retention],
      ['watchdog', async () => await watching],
      ['connections', async () => http.close()],
      ['outbox', async () => await store.close()],
    ]);
    return stopped;
  };

  try {
    await store.registerLanes(
      sinks.map((sink) => sink.lane),
      clock.now(),
    );
    const accept = createAccept({
      outbox: store,
      route: createRouter({ routes: config.routes, sinks: [...lanes.keys()] }),
      readEvent,
      clock,
      dedupWindowMs: config.intake.dedupWindowMs,
      observer: createIntakeObserver(metrics, log),
      newId: randomUUID,
      wake,
      ...(watchdog === undefined ? {} : { watchdog }),
    });
    const app = createHttpApp({
      accept,
      ready: () => checkReadiness({ outbox: store, clock, stopping: stopping.signal }),
      metrics,
      sinks: [...lanes.keys()],
      maxBodyBytes: config.http.maxBodyBytes,
      ...(config.http.auth === undefined ? {} : { auth: config.http.auth }),
      log,
      clock,
    });
    await sayWhatWaits(store, lanes, log);
    for (const lane of lanes.values()) lane.start();
    retention = runRetention({ outbox: store, clock, log, ...config.outbox }, stopping.signal);
    watching = watchdog?.run(stopping.signal);
    server = await startHttpServer(app, { ...config.http, clock });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: server.url, broken: broken.promise, stop };
}

function buildMetrics(
  {
    config,
    sinks,
    outbox,
  }: { config: Config; sinks: readonly ReadySink[]; outbox: () => Outbox | undefined },
  { version, clock = systemClock }: DaemonOptions,
): Metrics {
  const budgets = budgetsOf(sinks.map(({ sink }) => sink.limits));
  const metrics = createMetrics({
    sinks: sinks.map(({ name, lane }) => ({ name, plugin: lane.plugin })),
    version,
    readLanes: async () => toLaneReadings((await outbox()?.readLanes()) ?? [], clock.now()),
    readMonths: async () => {
      const at = clock.now();
      const months = budgets.map((budget) => monthKey(budget, at));
      return monthStands(budgets, { counted: (await outbox()?.readMonthCalls(months)) ?? {}, at });
    },
  });
  metrics.configLoaded({ hash: config.hash, at: clock.now() });
  return metrics;
}

function buildLanes(
  sinks: readonly ReadySink[],
  parts: {
    readonly gather: GatherConfig;
    readonly outbox: Outbox;
    readonly readEvent: EventReader;
    readonly clock: Clock;
    readonly metrics: Metrics;
    readonly log: Logger;
    wake(lane: string): void;
  },
): Map<string, Lane> {
  const observer = createLaneObserver(parts.metrics, parts.log);
  // Stored heads and alerts are what the intake let through.
  const readEvent = parts.readEvent as ReadEvent;
  return new Map(
    sinks.map(({ lane: { name, paceKeys }, ...ready }) => {
      const own = { name, paceKeys, observer, readEvent, random: Math.random, newId: randomUUID };
      return [name, createLane({ ...parts, ...ready, ...own })];
    }),
  );
}

/** What was there before this start, and lanes that nobody drains any more. */
async function sayWhatWaits(outbox: Outbox, lanes: ReadonlyMap<string, Lane>, log: Logger): Promise<void> {
  for (const { lane, waitingEvents } of await outbox.readLanes()) {
    if (waitingEvents === 0) continue;
    if (lanes.has(lane)) log.info('resuming', { sink: lane, events: waitingEvents });
    else log.warn('events wait for a sink that is not enabled', { sink: lane, events: waitingEvents });
  }
}
