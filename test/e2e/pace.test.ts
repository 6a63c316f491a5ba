/**
 * DingTalk's limit over hours of robot time: daemon and simulator live by one fast clock (libfaketime), with the product's own pace
 * and the simulator at its strictest.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createSharedClock, type SharedClock } from '../support/shared-clock.ts';
import { type SimProcess, startSimProcess } from '../support/sim-process.ts';
import { postUntilAnswered, webhookBody } from '../support/webhook.ts';

const RATE = 30;
const MINUTE = 60_000;

describe('the pace', () => {
  let clock: SharedClock;
  let sim: SimProcess;
  let daemon: Daemon;

  before(async () => {
    clock = await createSharedClock({ rate: RATE });
    sim = await startSimProcess({ robots: ['name=shared,token=t1', 'name=blocked,token=t2'], clock });
    const sink = (token: string) => ({ plugin: 'dingtalk', endpoint: sim.url, access_token: token });
    daemon = await startDaemon({
      clock,
      // Long enough in the clock's seconds for a machine that is busy with other things.
      config: {
        delivery: { timeout: '120s' },
        sinks: { one: sink('t1'), two: sink('t1'), blocked: sink('t2') },
        routes: [{ matchers: ['alertname=~"blocked.*"'], sinks: ['blocked'] }, { sinks: ['one', 'two'] }],
      },
    });
  });
  after(async () => {
    await daemon?.stop();
    await sim?.stop();
    await clock?.stop();
  });

  const post = async (names: readonly string[]): Promise<void> => {
    const body = webhookBody(
      names[0] ?? '',
      names.map((name) => ({ name })),
    );
    assert.equal(await postUntilAnswered(`${daemon.url}/`, body), 200);
  };
  const shown = async (robot: string): Promise<string[]> =>
    (await sim.messages(robot)).map((message) => message.title ?? '');

  test('holds for two sinks that share one robot: no limit exceeded, every alert once in each', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `alert${index}`);
    // One at a time, so that each is a link of its own; 60 messages at 18 in 65 s take at least 195 s.
    for (const [index, name] of names.entries()) {
      await post([name]);
      await eventually(
        `${name} is in the group`,
        async () => (await shown('shared')).length >= 2 * (index + 1),
        {
          withinMs: clock.realMs(5 * MINUTE),
          everyMs: 5,
        },
      );
    }
    const all = await eventually(
      'all sixty messages are in the group',
      async () => {
        const titles = await shown('shared');
        return titles.length >= 60 && titles;
      },
      { withinMs: clock.realMs(15 * MINUTE) },
    );
    assert.deepEqual(all.toSorted(), [...names, ...names].sort());
    assert.deepEqual(await sim.violations(), []);
    const starts = (await sim.requests()).map((request) => request.at).sort((a, b) => a - b);
    for (const [index, start] of starts.entries()) {
      const twentieth = starts[index + 20];
      assert.ok(
        twentieth === undefined || twentieth - start > MINUTE,
        `21 calls within ${(twentieth ?? 0) - start} ms`,
      );
    }
  });

  test('a throttled robot is left alone for ten minutes, others go on, and nothing is lost', async () => {
    await sim.orderFaults([{ kind: 'errcode', errcode: 130101, robot: 'blocked' }]);
    await post(['blocked1', 'blocked2']);
    const refused = await eventually('the robot has refused', async () =>
      (await sim.requests()).find((request) => request.robot === 'blocked'),
    );
    await post(['meanwhile']);
    await eventually(
      'the other robot goes on',
      async () => (await shown('shared')).filter((title) => title === 'meanwhile').length === 2,
      {
        withinMs: clock.realMs(9 * MINUTE),
      },
    );
    assert.deepEqual(await shown('blocked'), []);
    await eventually('the robot is used again', async () => (await shown('blocked')).length === 2, {
      withinMs: clock.realMs(20 * MINUTE),
    });
    const calls = (await sim.requests()).filter((request) => request.robot === 'blocked');
    assert.deepEqual(await shown('blocked'), ['blocked1', 'blocked2']);
    assert.ok(
      (calls[1]?.at ?? 0) - refused.at >= 10 * MINUTE,
      'a call came before the ten minutes were over',
    );
    assert.deepEqual(await sim.violations(), []);
  });
});
