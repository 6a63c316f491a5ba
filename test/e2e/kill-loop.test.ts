/**
 * kill -9 at random moments of a burst, before, during and after commits and sends, again and again: what was acknowledged is shown,
 * each alert once. Daemon and simulator live by one fast clock, so that the product's own pace holds and the loop still ends.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import type { ShownMessage } from '../support/dingtalk-sim/records.ts';
import { eventually } from '../support/eventually.ts';
import { createSharedClock, type SharedClock } from '../support/shared-clock.ts';
import { type SimProcess, startSimProcess } from '../support/sim-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postWebhook, webhookBody } from '../support/webhook.ts';

const KILLS = 30;
const EVENTS = 1_000;
/** Robots, each with its own pace: 18 in 65 s and robot. */
const ROBOTS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'];
const RATE = 20;
const MINUTE = 60_000;

/** The alerts that messages tell of: a link by its title, a digest by the label `mark` in each line. */
function namesIn(messages: readonly ShownMessage[]): string[] {
  return messages.flatMap(({ msgtype, title, text }) =>
    msgtype === 'link'
      ? [title ?? '']
      : Array.from((text ?? '').matchAll(/\bmark=([\w-]+)/g), ([, name]) => name ?? ''),
  );
}

let clock: SharedClock;
let sim: SimProcess;
const dir = createTempDir();

before(async () => {
  clock = await createSharedClock({ rate: RATE });
  sim = await startSimProcess({ robots: ROBOTS.map((name) => `name=${name},token=token-${name}`), clock });
});
after(async () => {
  await sim?.stop();
  await clock?.stop();
  dir.remove();
});

test(`${EVENTS} acknowledged events and ${KILLS} kills: none lost, none shown twice`, {
  timeout: 300_000,
}, async (t) => {
  const acknowledged = new Set<string>();
  let kills = 0;
  let daemon = await start();
  let ending = false;
  const posting = Array.from({ length: 4 }, (_, worker) => postUntilDone(worker));

  while (kills < KILLS) {
    // Anywhere between "just listening" and "in the middle of it".
    await sleep(Math.random() * 900);
    await daemon.kill9();
    kills += 1;
    daemon = await start();
  }
  ending = true;
  await Promise.all(posting);
  await eventually(
    'every acknowledged event is shown',
    async () => {
      const told = new Set(namesIn(await sim.messages()));
      return [...acknowledged].every((name) => told.has(name));
    },
    { withinMs: clock.realMs(60 * MINUTE), everyMs: 500 },
  );
  const messages = await sim.messages();
  const told = namesIn(messages);
  const twice = told.filter((name, index) => told.indexOf(name) !== index);
  assert.deepEqual(twice, []);
  assert.deepEqual(await sim.violations(), []);
  assert.ok(acknowledged.size >= EVENTS);
  const { counts } = await sim.state();
  t.diagnostic(
    `${kills} kills, ${acknowledged.size} acknowledged, ${told.length} shown in ${messages.length} messages, ${counts.duplicate} copies dropped by msgUuid`,
  );
  assert.deepEqual(await daemon.stop(), { code: 0, signal: null });

  async function start(): Promise<Daemon> {
    const sinks = ROBOTS.map((name) => [
      name,
      { plugin: 'dingtalk', endpoint: sim.url, access_token: `token-${name}` },
    ]);
    const routes = ROBOTS.map((name) => ({ matchers: [`robot="${name}"`], sinks: [name] }));
    return await startDaemon({
      dir: dir.path,
      clock,
      config: {
        // A fast clock makes a busy machine look slow: neither a send nor the time from a kill to the next start is to seem long.
        delivery: { timeout: '300s' },
        intake: { dedup_window: '6h' },
        sinks: Object.fromEntries(sinks),
        routes,
      },
    });
  }

  /** Posts until there is enough, over and over until it is acknowledged, as Alertmanager does. */
  async function postUntilDone(worker: number): Promise<void> {
    for (let count = 0; !ending || acknowledged.size < EVENTS; count++) {
      const names = Array.from({ length: 1 + (count % 5) }, (_, index) => `w${worker}-${count}-${index}`);
      const robot = ROBOTS[count % ROBOTS.length] ?? 'r0';
      const body = webhookBody(
        `w${worker}-${count}`,
        names.map((name) => ({ name, labels: { robot, mark: name } })),
      );
      while ((await postWebhook(`${daemon.url}/`, body)) !== 200) await sleep(20);
      for (const name of names) acknowledged.add(name);
      // Enough for every kill to find work, few enough for the robots to get through.
      const share = (EVENTS * kills) / KILLS + 50;
      while (!ending && acknowledged.size > share) await sleep(20);
    }
  }
});
