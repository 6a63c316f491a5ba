/**
 * A storm against the product as it is: a real daemon with its own pace, the strict simulator as a process of its own, and a load of
 * webhooks, posted until each is acknowledged. All live by one clock, fast or real. Gives back the records; storm/report.ts makes
 * figures of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Daemon, startDaemon } from './daemon.ts';
import { eventually, GaveUp } from './eventually.ts';
import { type Gate, openGate } from './gate.ts';
import { createSharedClock, type SharedClock } from './shared-clock.ts';
import { type SimProcess, startSimProcess } from './sim-process.ts';
import { renderWebhook, type StormWebhook } from './storm/load.ts';
import { waitingEvents } from './storm/metrics.ts';
import type { PostedWebhook, StormRecords } from './storm/report.ts';
import { createTempDir } from './temp-dir.ts';
import { postWebhook } from './webhook.ts';

/** A daemon and a robot, ready for a load. */
export interface StormScene {
  readonly clock: SharedClock;
  readonly sim: SimProcess;
  /** Between the daemon and the simulator; absent unless asked for. */
  readonly gate?: Gate;
  /** Posts each webhook at its time and again until it is acknowledged; resolves once all are. */
  post(webhooks: readonly StormWebhook[]): Promise<readonly PostedWebhook[]>;
  /** SIGKILL, and a new start on the same outbox. */
  restart(): Promise<void>;
  /** Waits until nothing waits in the lane any more; `withinMs` of the clock. Rejects at once if a limit was exceeded. */
  drained(withinMs: number): Promise<void>;
  /** What the simulator saw, with what was posted. */
  records(posted: readonly PostedWebhook[]): Promise<StormRecords>;
  /** Ends all of it. Rejects if the daemon does not stop in order. A test that fails must come here too. */
  close(): Promise<void>;
}

/** How to build it. */
export interface StormSceneOptions {
  /** How many of the clock's seconds pass in a real one; 1 is the machine's own clock. */
  readonly rate: number;
  /** Further options of the simulator's command line. */
  readonly simArgs?: readonly string[];
  /** Puts a gate between, so that the simulator can be out of reach and forget nothing. */
  readonly gated?: boolean;
}

/** Real pause before a webhook that was not acknowledged is posted again. */
const POST_AGAIN_AFTER_MS = 20;
/** Longest that one send may take by the product's rules: a fast clock makes a busy machine look slow. */
const LONGEST_SEND = '300s';
/** The same of the time from a kill to the next start: what was not acknowledged is posted again within the window. */
const LONGEST_RESTART = '3h';

/** Starts one robot, one daemon with one sink and nothing but its defaults, on an empty outbox. */
export async function startStormScene({
  rate,
  simArgs = [],
  gated = false,
}: StormSceneOptions): Promise<StormScene> {
  const dir = createTempDir();
  const clock = rate === 1 ? MACHINE_CLOCK : await createSharedClock({ rate });
  const sim = await startSimProcess({ robots: ['name=ops,token=storm'], args: simArgs, clock });
  const gate = gated ? await openGate(sim.url) : undefined;
  const endpoint = gate?.url ?? sim.url;
  const start = (): Promise<Daemon> =>
    startDaemon({
      dir: dir.path,
      clock,
      config: {
        ...(rate === 1
          ? {}
          : { delivery: { timeout: LONGEST_SEND }, intake: { dedup_window: LONGEST_RESTART } }),
        sinks: { ops: { plugin: 'dingtalk', endpoint, access_token: 'storm' } },
      },
    });
  let closed = false;
  const endRest = async (): Promise<void> => {
    await gate?.close();
    await sim.stop();
    await clock.stop();
    dir.remove();
  };
  let daemon = await start().catch(async (error: unknown) => {
    await endRest();
    throw error;
  });

  async function postOne(webhook: StormWebhook, startAt: number): Promise<PostedWebhook> {
    await sleep(clock.realMs(Math.max(0, startAt + webhook.atMs - clock.now())));
    const begunAt = clock.now();
    const body = renderWebhook(webhook, begunAt);
    while ((await postWebhook(`${daemon.url}/`, body)) !== 200) {
      if (closed) throw new Error('the storm ended before this webhook was acknowledged');
      await sleep(POST_AGAIN_AFTER_MS);
    }
    return { webhook, begunAt };
  }

  async function isDrained(): Promise<boolean> {
    const { counts } = await sim.state();
    // The robot is blocked for ten minutes and more, so the storm may never end.
    if (counts.violations > 0)
      throw new GaveUp(`a limit was exceeded, first so: ${JSON.stringify((await sim.violations())[0])}`);
    return (await waitingEvents(daemon.url)) === 0;
  }

  return {
    clock,
    sim,
    ...(gate === undefined ? {} : { gate }),
    async post(webhooks) {
      const startAt = clock.now();
      return await Promise.all(webhooks.map((webhook) => postOne(webhook, startAt)));
    },
    async restart() {
      await daemon.kill9();
      daemon = await start();
    },
    async drained(withinMs) {
      await eventually('the lane is empty', isDrained, { withinMs: clock.realMs(withinMs), everyMs: 250 });
    },
    async records(posted) {
      const [messages, requests, violations] = await Promise.all([
        sim.messages(),
        sim.requests(),
        sim.violations(),
      ]);
      return { posted, messages, requests, violations };
    },
    async close() {
      closed = true;
      const { code, signal } = await daemon.stop();
      await endRest();
      if (code !== 0) throw new Error(`the daemon ended with ${code ?? signal}`);
    },
  };
}

/** Real time, where a few seconds are enough: nothing stands between the product and the machine's clock. */
const MACHINE_CLOCK: SharedClock = {
  rate: 1,
  env: () => ({}),
  now: () => Date.now(),
  realMs: (ms) => ms,
  stop: async () => undefined,
};
