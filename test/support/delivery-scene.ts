/**
 * A daemon between a test's webhooks and the strict simulator, both real processes that live by one fast clock: for tests of what
 * happens over minutes and hours of robot time. Clock and simulator serve the tests of a file, one after the other; the daemon, its
 * outbox and the robots are each test's own, and begin with nothing behind them.
 */
import type { TestContext } from 'node:test';
import { type Finished, runCli } from './cli.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import type { SimRequest } from './dingtalk-sim/records.ts';
import type { SimRobot } from './dingtalk-sim/robot.ts';
import { eventually } from './eventually.ts';
import { type Gate, openGate } from './gate.ts';
import { createSharedClock, type SharedClock, type SharedClockOptions } from './shared-clock.ts';
import { type SimProcess, startSimProcess } from './sim-process.ts';
import { scrape } from './storm/metrics.ts';
import { createTempDir } from './temp-dir.ts';
import { type Told, toldIn } from './told.ts';
import { type MadeAlert, postWebhook, webhookBody } from './webhook.ts';

/** One minute of the clock, in milliseconds. */
export const MINUTE = 60_000;

/** What the tests of a file have in common. */
export interface DeliveryStage {
  /** A scene for this test, with a simulator that knows nothing but its robots; it ends with the test. */
  begin(t: TestContext, options: DeliverySceneOptions): Promise<DeliveryScene>;
  stop(): Promise<void>;
}

/** A daemon at work. */
export interface DeliveryScene {
  readonly clock: SharedClock;
  readonly sim: SimProcess;
  /** The way of the sinks that go through it; open at first. */
  readonly gate: Gate;
  /** The one that runs now. */
  daemon(): Daemon;
  /** SIGKILL, and a new start on the same outbox. */
  restart(): Promise<void>;
  /** Posts one notification with these alerts until it is accepted; a name alone is a warning. */
  post(...alerts: readonly (string | MadeAlert)[]): Promise<void>;
  /** What the groups of these robots were told (all, if none is named), by the time of display. */
  told(...robots: readonly string[]): Promise<readonly Told[]>;
  /** The calls of one robot, a wrong token's under `null`; without a name all of them. In the order of their arrival. */
  calls(robot?: string | null): Promise<readonly SimRequest[]>;
  /** One value of the page `/metrics`; NaN if there is none. `labels` as they stand there: `sink="ops"`. It may be the last known one. */
  metric(name: string, labels: string): Promise<number>;
  /** Until that value is this; 5 min unless told. Rejects with what it was last. */
  metricIs(expected: number, metric: { name: string; labels: string; minutes?: number }): Promise<void>;
  /** What `/-/ready` says, once it says this: the match. */
  readiness(expected: RegExp): Promise<RegExpExecArray>;
  /** Runs `notifierd ARGS --config FILE` beside the daemon. */
  run(...args: readonly string[]): Promise<Finished>;
  /** Until so many minutes have passed. */
  pass(minutes: number): Promise<void>;
  /** eventually(), with patience in minutes of the clock and what a busy machine adds. */
  within<T>(
    minutes: number,
    what: string,
    look: () => T | Promise<T>,
  ): Promise<Exclude<T, undefined | false>>;
}

/** What a sink of one of the simulator's robots is configured with; more keys may be spread beside these. */
export type RobotSink = Readonly<Record<'plugin' | 'endpoint' | 'access_token', string>>;

/** The sinks that a configuration is made of. */
export interface RobotSinks {
  /** The robot of this name. */
  robot(name: string): RobotSink;
  /** The same, reached through the gate. */
  gated(name: string): RobotSink;
}

/** What a scene consists of. */
export interface DeliverySceneOptions {
  /** Their names; see robotNamed(). */
  readonly robots: readonly string[];
  config(sinks: RobotSinks): Readonly<Record<string, unknown>>;
}

/** The longest that the product knows: a fast clock makes a busy machine look slow. */
const DELIVERY = { timeout: '5m' };
/** What a busy machine adds to a wait. */
const SLACK_MS = 10_000;

/** A robot as the simulator knows it; its token is told by its name. */
export function robotNamed(name: string, token = `token-${name}`): SimRobot {
  return { name, token };
}

/** Starts the clock and the simulator. */
export async function startDeliveryStage({
  simArgs = [],
  ...clockOptions
}: SharedClockOptions & {
  /** Further options of the simulator's command line. */
  readonly simArgs?: readonly string[];
}): Promise<DeliveryStage> {
  const clock = await createSharedClock(clockOptions);
  const sim = await startSimProcess({ robots: [], args: simArgs, clock });
  return {
    async begin(t, options) {
      await sim.forget();
      await sim.clearFaults();
      await sim.randomizeFaults(null);
      await sim.replaceRobots(options.robots.map((name) => robotNamed(name)));
      return await startScene(t, { clock, sim }, options);
    },
    async stop() {
      await sim.stop();
      await clock.stop();
    },
  };
}

async function startScene(
  t: TestContext,
  { clock, sim }: Pick<DeliveryScene, 'clock' | 'sim'>,
  { config }: DeliverySceneOptions,
): Promise<DeliveryScene> {
  const dir = createTempDir();
  const gate = await openGate(sim.url);
  const sinkAt = (endpoint: string) => (name: string) => ({
    plugin: 'dingtalk',
    endpoint,
    access_token: robotNamed(name).token,
  });
  const sections = { delivery: DELIVERY, ...config({ robot: sinkAt(sim.url), gated: sinkAt(gate.url) }) };
  const start = async () => await startDaemon({ clock, dir: dir.path, config: sections });
  const endRest = async (): Promise<void> => {
    await gate.close();
    dir.remove();
  };
  let daemon = await start().catch(async (error: unknown) => {
    await endRest();
    throw error;
  });
  t.after(async () => {
    await daemon.stop();
    await endRest();
  });
  let posted = 0;

  async function within<T>(minutes: number, what: string, look: () => T | Promise<T>) {
    return await eventually(what, look, { withinMs: clock.realMs(minutes * MINUTE) + SLACK_MS });
  }
  async function metric(name: string, labels: string): Promise<number> {
    // Idle connections are soon closed under a fast clock: a reading that met one is repeated.
    const page = await eventually('the metrics', async () => await scrape(daemon.url));
    const line = page.split('\n').find((text) => text.startsWith(`${name}{`) && text.includes(labels));
    return Number(line?.split(' ').at(-1));
  }

  return {
    clock,
    sim,
    gate,
    within,
    daemon: () => daemon,
    async restart() {
      await daemon.kill9();
      daemon = await start();
    },
    async post(...alerts) {
      const list = alerts.map((alert) => (typeof alert === 'string' ? { name: alert } : alert));
      posted += 1;
      const body = webhookBody(`notification${posted}`, list);
      // On a fast clock a busy machine makes the outbox look slow; Alertmanager would post again too.
      await eventually('the notification is accepted', async () => {
        return (await postWebhook(`${daemon.url}/`, body)) === 200;
      });
    },
    async told(...names) {
      const messages = await sim.messages();
      return toldIn(messages.filter(({ robot }) => names.length === 0 || names.includes(robot)));
    },
    async calls(robot) {
      const requests = await sim.requests();
      return requests.filter((request) => robot === undefined || request.robot === robot);
    },
    metric,
    async metricIs(expected, { name, labels, minutes = 5 }) {
      await within(minutes, `${name}{${labels}} is ${expected}`, async () => {
        const value = await metric(name, labels);
        if (value !== expected) throw new Error(`it is ${value}`);
        return true;
      });
    },
    readiness: async (expected) =>
      await within(2, `the readiness says ${expected}`, async () => {
        const text = await (await fetch(`${daemon.url}/-/ready`)).text();
        const match = expected.exec(text);
        if (match === null) throw new Error(`it says ${JSON.stringify(text)}`);
        return match;
      }),
    run: async (...args) =>
      await runCli([...args, '--config', 'notifierd.yaml'], { cwd: dir.path, env: clock.env() }),
    async pass(minutes) {
      const until = clock.now() + minutes * MINUTE;
      await within(minutes, 'time passes', () => clock.now() >= until);
    },
  };
}
