/**
 * notifierd's clock is set two hours forward or back, or summer time begins or ends, while a lane is parked, another has used up its pace,
 * and in a third a message waits for its next attempt. The robots live by a clock of their own that nobody sets: by that clock no lane
 * stands still for longer than a parking or a window, none sends too fast, and everybody is told everything once.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createSharedClock } from '../support/shared-clock.ts';
import { startSimProcess } from '../support/sim-process.ts';
import { postWebhook, webhookBody } from '../support/webhook.ts';
import { createJumpingClock } from './clock-jumps/jumping-clock.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** 10 minutes of a robot’s block are 10 real seconds. */
const RATE = 60;
/** Calls in a window of 65 s that the paced sink may begin; its robot takes no more in a minute. */
const PACE = 3;
/** The longest parking of a throttled robot with its random part, the longest sleep of a lane, and what a busy machine adds. */
const PARKED_AT_MOST_MS = 12 * MINUTE;
/** A window, likewise. */
const PACED_AT_MOST_MS = 2.5 * MINUTE;
/** The wait after the seventh failure is at most 64 s, likewise; seven failures take about as long. */
const RETRIED_AT_MOST_MS = 3 * MINUTE;
const FAILURES = 7;
const FAILURES_AT_FIRST = 5;

const rows: readonly {
  readonly name: string;
  readonly jumpMs: number;
  readonly startAt?: number;
}[] = [
  { name: 'set back by two hours', jumpMs: -2 * HOUR },
  { name: 'set forward by two hours', jumpMs: 2 * HOUR },
  { name: 'summer time ends', jumpMs: 0, startAt: Date.parse('2026-10-25T00:59:00Z') },
  { name: 'summer time begins', jumpMs: 0, startAt: Date.parse('2027-03-28T00:59:00Z') },
];
for (const { name, jumpMs, startAt } of rows) {
  test(`${name}: no lane stands still, none sends too fast, nothing is lost or told twice`, {
    timeout: 120_000,
  }, async (t) => {
    const scene = await startScene(t, startAt);
    const { clock, sims, post, told } = scene;
    const calls = async (robot: string): Promise<number> =>
      (await sims.lax.requests()).filter((request) => request.robot === robot).length;

    await sims.lax.orderFaults([
      { kind: 'errcode', errcode: 130101, robot: 'parked' },
      { kind: 'http', status: 502, times: FAILURES, robot: 'retried' },
    ]);
    const failures = (count: number): Promise<true> =>
      eventually(`${count} failures`, async () => (await calls('retried')) >= count, { everyMs: 10 });
    await post('retried', 'Retried');
    await failures(FAILURES_AT_FIRST);
    await post('parked', 'Parked');
    await eventually('the robot has refused', async () => (await calls('parked')) === 1);
    for (let count = 0; count < PACE; count++) {
      await post('paced', `Paced${count}`);
      await told('paced', `Paced${count}`);
    }
    await failures(FAILURES);
    await post('paced', 'PacedLast');

    const jumpedAt = clock.now();
    scene.jump(jumpMs);
    const waits = {
      retried: (await told('retried', 'Retried')) - jumpedAt,
      paced: (await told('paced', 'PacedLast')) - jumpedAt,
      parked: (await told('parked', 'Parked')) - jumpedAt,
    };
    t.diagnostic(`told after the jump, in ms: ${JSON.stringify(waits)}`);
    assert.deepEqual([await sims.lax.violations(), await sims.strict.violations()], [[], []]);
    const titles = [...(await sims.lax.messages()), ...(await sims.strict.messages())].map(
      ({ title }) => title,
    );
    assert.deepEqual(titles.sort(), ['Paced0', 'Paced1', 'Paced2', 'PacedLast', 'Parked', 'Retried']);
    assert.ok(waits.retried <= RETRIED_AT_MOST_MS, `the message that had failed waited ${waits.retried} ms`);
    assert.ok(waits.paced <= PACED_AT_MOST_MS, `the paced lane stood for ${waits.paced} ms`);
    assert.ok(waits.parked <= PARKED_AT_MOST_MS, `the parked lane stood for ${waits.parked} ms`);
    await scene.stop();
  });
}

async function startScene(t: TestContext, startAt: number | undefined) {
  const clock = await createSharedClock({ rate: RATE, ...(startAt === undefined ? {} : { startAt }) });
  t.after(() => clock.stop());
  const lax = await startSimProcess({ clock, robots: ['parked', 'retried'].map(robotNamed) });
  t.after(() => lax.stop());
  const args = ['--starts-per-minute', String(PACE)];
  const strict = await startSimProcess({ clock, robots: [robotNamed('paced')], args });
  t.after(() => strict.stop());
  const jumping = createJumpingClock(clock);
  t.after(() => jumping.stop());
  const sink = (name: string, endpoint: string) => ({ plugin: 'dingtalk', endpoint, access_token: name });
  const daemon = await startDaemon({
    clock: jumping,
    env: { TZ: 'Europe/Berlin' },
    config: {
      // Long enough in the clock's seconds for a machine that is busy with other things.
      delivery: { timeout: '120s' },
      sinks: {
        parked: sink('parked', lax.url),
        retried: sink('retried', lax.url),
        paced: { ...sink('paced', strict.url), pace_per_window: PACE, pace_reserved: 0 },
      },
    },
  });
  t.after(() => daemon.kill9());
  return {
    clock,
    sims: { lax, strict },
    jump: jumping.jump,
    async post(robot: string, alert: string): Promise<void> {
      const url = `${daemon.url}/dingtalk/${robot}/send`;
      const body = webhookBody(alert, [{ name: alert }]);
      // On a fast clock a busy machine is a slow store, which is answered 503.
      await eventually(`${alert} is acknowledged`, async () => (await postWebhook(url, body)) === 200);
    },
    /** Waits until the group has the alert; when that was. */
    async told(robot: string, alert: string): Promise<number> {
      const sim = robot === 'paced' ? strict : lax;
      return await eventually(
        `${alert} is in the group`,
        async () => (await sim.messages(robot)).find(({ title }) => title === alert)?.shownAt,
        { withinMs: clock.realMs(20 * MINUTE), everyMs: 20 },
      );
    },
    async stop(): Promise<void> {
      assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    },
  };
}

function robotNamed(name: string): string {
  return `name=${name},token=${name}`;
}
