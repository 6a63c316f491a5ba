/**
 * The daemon: the only file that knows all parts and their order. Builds them along the way of an event, starts them, and stops
 * them the other way round.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config/config.ts';
import { createSinks, type ReadySink } from './delivery/create-sinks.ts';
import { createLaneFactory } from './delivery/lane-factory.ts';
import { createLeases } from './delivery/leases.ts';
import { budgetsOf, monthKey, monthStands } from './delivery/month.ts';
import { sayWhatWaits } from './delivery/say-what-waits.ts';
import { untilAvailable } from './delivery/until-available.ts';
import { createLinks } from './event/links.ts';
import { createHttpApp } from './http/app.ts';
import { checkReadiness } from './http/readiness.ts';
import { watchRefusals } from './http/refused-storage.ts';
import { type HttpServer, startHttpServer } from './http/server.ts';
import { createAccept } from './intake/accept.ts';
import { createEventReader } from './intake/alertmanager/to-event.ts';
import type { Outbox } from './outbox/contract.ts';
import { openOutbox } from './outbox/open-outbox.ts';
import { createHttpClient } from './plugin/http-client.ts';
import { runRetention } from './retention.ts';
import { createRouter } from './routing/routes.ts';
import { createSteadyClock } from './steady-clock.ts';
import { runStopSteps } from './stop.ts';
import { createIntakeObserver } from './telemetry/intake-observer.ts';
import { createLaneObserver } from './telemetry/lane-observer.ts';
import { toLaneReadings } from './telemetry/lane-readings.ts';
import { createLeaseObserver } from './telemetry/lease-observer.ts';
import type { Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import { createTurns } from './turns.ts';
import { createWatchdog } from './watchdog/watchdog.ts';

/** What a daemon is given beside its configuration. */
export interface DaemonOptions {
  readonly log: Logger;
  /** notifierd's version, for metrics. */
  readonly version: string;
  readonly clock?: Clock;
  /** Ends the waiting for an outbox that is away; a daemon at work is ended with stop(). */
  readonly stopping?: AbortSignal;
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
  const broken = Promise.withResolvers<Error>();
  const stopping = new AbortController();
  const http = createHttpClient({ ...config.delivery, maxAnswerBytes: MOST_ANSWER_BYTES });
  // What a vendor checks (a signature's time) goes by the machine's clock.
  const sinks = createSinks(config.sinks, { http, clock: machine, logFor: (sink) => log.child({ sink }) });
  let clock = machine;
  let outbox: Outbox | undefined;
  const metrics = buildMetrics(
    { config, sinks, outbox: () => outbox, now: () => clock.now() },
    { ...options, clock: machine },
  );
  const { leaseMs } = config.outbox;
  const { outbox: store, shared } = await openOutbox({
    place: config.outbox.store,
    clock: machine,
    log,
    signal: options.stopping ?? stopping.signal,
    leaseMs,
    onCommit: metrics.commitTook,
    onCrash: broken.resolve,
    onNews: (lanes) => hear(lanes),
  });
  outbox = store;
  clock = shared?.clock ?? buildClock(machine, store, log);

  const readEvent = createEventReader({ links: createLinks(config.links), ...config.intake });
  const wake = (lane: string): void => leases.wake(lane);
  const turns = createTurns(machine);
  const parts = { gather: config.delivery, outbox: store, readEvent, clock, wake, turns };
  const leases = createLeases({
    replica: `${hostname()} ${process.pid} ${randomUUID()}`,
    lanes: sinks.map(({ lane }) => lane),
    ...(shared === undefined ? {} : { leaseMs }),
    outbox: store,
    clock,
    machine,
    observer: createLeaseObserver(metrics, log),
    createLane: createLaneFactory(sinks, { ...parts, observer: createLaneObserver(metrics, log) }),
    random: Math.random,
  });
  const names = sinks.map(({ name }) => name);
  function hear(lanes: readonly string[] | 'all'): void {
    if (lanes === 'all') leases.lookForLanes();
    for (const lane of lanes === 'all' ? names : lanes) wake(lane);
  }
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
  const { shutdownGraceMs } = config.delivery;
  const stop = (): Promise<void> => {
    stopping.abort();
    stopped ??= runStopSteps(log, [
      ['requests', async () => await server?.stop(Math.min(REQUESTS_GRACE_MS, shutdownGraceMs))],
      ['lanes', async () => await leases.stop(shutdownGraceMs)],
      ['sinks', async () => void (await Promise.all(sinks.map(async ({ sink }) => await sink.close?.())))],
      ['retention', async () => await retention],
      ['watchdog', async () => await watching],
      ['connections', async () => http.close()],
      ['outbox', async () => await store.close()],
    ]);
    return stopped;
  };

  // Others may hold the lanes, or the server be away, for a moment: no reason to end.
  const atLast = async (work: () => Promise<void>): Promise<void> =>
    shared === undefined
      ? await work()
      : await untilAvailable(work, { clock, log, signal: options.stopping ?? stopping.signal });
  try {
    await atLast(() => store.registerLanes(sinks.map(({ lane }) => lane)));
    const accept = createAccept({
      outbox: store,
      route: createRouter({ routes: config.routes, sinks: names }),
      ...config.intake,
      clock,
      observer: createIntakeObserver(metrics, log),
      newId: randomUUID,
      turns: turns.webhooks,
      inOrder: shared === undefined,
      wake,
      ...(watchdog === undefined ? {} : { watchdog }),
    });
    const { refusal, ...watched } = watchRefusals(accept, machine);
    const app = createHttpApp({
      ...watched,
      ready: () => checkReadiness({ outbox: store, clock, stopping: stopping.signal, refusal }),
      metrics,
      sinks: names,
      maxBodyBytes: config.http.maxBodyBytes,
      ...(config.http.auth === undefined ? {} : { auth: config.http.auth }),
      log,
      clock,
    });
    await atLast(() => sayWhatWaits(store, names, log));
    await atLast(leases.start);
    retention = runRetention({ outbox: store, clock, log, ...config.outbox }, stopping.signal);
    watching = watchdog?.run(stopping.signal);
    server = await startHttpServer(app, { ...config.http, clock });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: server.url, broken: broken.promise, stop };
}

/** A machine's clock that is set forward takes the records with it. */
function buildClock(machine: Clock, store: Outbox, log: Logger): Clock {
  return createSteadyClock({
    machine,
    moveRecords: store.moveTimes,
    onForward: (byMs) => log.warn('the clock was set forward', { seconds: Math.round(byMs / 1000) }),
  });
}

function buildMetrics(
  {
    config,
    sinks,
    outbox,
    now,
  }: {
    config: Config;
    sinks: readonly ReadySink[];
    outbox: () => Outbox | undefined;
    now: () => number;
  },
  { version, clock = systemClock }: DaemonOptions,
): Metrics {
  const budgets = budgetsOf(sinks.map(({ sink }) => sink.limits));
  const metrics = createMetrics({
    sinks: sinks.map(({ name, lane }) => ({ name, plugin: lane.plugin })),
    version,
    readLanes: async () => toLaneReadings((await outbox()?.readLanes()) ?? [], now()),
    readMonths: async () => {
      const at = now();
      const months = budgets.map((budget) => monthKey(budget, at));
      return monthStands(budgets, { counted: (await outbox()?.readMonthCalls(months)) ?? new Map(), at });
    },
  });
  metrics.configLoaded({ hash: config.hash, at: clock.now() });
  return metrics;
}
