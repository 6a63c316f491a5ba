/**
 * A channel in every kind of trouble, over minutes and hours of robot time: daemon and simulator are real processes that live by one
 * fast clock. Each test has a robot of its own, so that none of them waits for another one's block.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import type { ShownMessage, SimRequest } from '../support/dingtalk-sim/records.ts';
import { eventually } from '../support/eventually.ts';
import { createSharedClock, type SharedClock } from '../support/shared-clock.ts';
import { type SimProcess, startSimProcess } from '../support/sim-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { type MadeAlert, postUntilAnswered, webhookBody } from '../support/webhook.ts';

const RATE = 20;
const MINUTE = 60_000;
const ROBOTS = [
  'lost',
  'busy',
  'long',
  'unsafe',
  'odd',
  'never',
  'banned',
  'bystander',
  'locked',
  'stopped',
  'calm',
];

describe('a channel in trouble', () => {
  let clock: SharedClock;
  let sim: SimProcess;
  let daemon: Daemon;
  const dir = createTempDir();

  before(async () => {
    clock = await createSharedClock({ rate: RATE });
    // Where a refusal may use up an id, but not one that the sender could not know of.
    const args = ['--refused-uuid', 'consumed_if_all_refused'];
    const robots = ROBOTS.map((name) => `name=${name},token=token-${name}`);
    sim = await startSimProcess({ clock, args, robots });
    daemon = await start();
  });
  after(async () => {
    await daemon?.stop();
    await sim?.stop();
    await clock?.stop();
    dir.remove();
  });

  async function start(
    tokens: Readonly<Record<string, string>> = { locked: 'a-wrong-token' },
  ): Promise<Daemon> {
    const sinks = ROBOTS.map((name) => [
      name,
      { plugin: 'dingtalk', endpoint: sim.url, access_token: tokens[name] ?? `token-${name}` },
    ]);
    const config = { delivery: { timeout: '60s', shutdown_grace: '40s' }, sinks: Object.fromEntries(sinks) };
    return await startDaemon({ clock, dir: dir.path, config });
  }
  const post = async (robot: string, ...alerts: readonly (string | MadeAlert)[]): Promise<void> => {
    const list = alerts.map((alert) => (typeof alert === 'string' ? { name: alert } : alert));
    const body = webhookBody(`${robot} ${JSON.stringify(alerts)}`, list);
    assert.equal(await postUntilAnswered(`${daemon.url}/dingtalk/${robot}/send`, body), 200);
  };
  const shown = async (robot: string, count: number, minutes = 5): Promise<readonly ShownMessage[]> =>
    await eventually(
      `${count} messages in ${robot}`,
      async () => {
        const messages = await sim.messages(robot);
        return messages.length >= count && messages;
      },
      { withinMs: Math.max(clock.realMs(minutes * MINUTE), 20_000) },
    );
  const calls = async (robot: string): Promise<readonly SimRequest[]> =>
    (await sim.requests()).filter((request) => request.robot === robot);
  const metric = async (name: string, sink: string): Promise<number> => {
    const page = await (await fetch(`${daemon.url}/metrics`)).text();
    const line = page
      .split('\n')
      .find((text) => text.startsWith(`${name}{`) && text.includes(`sink="${sink}"`));
    return Number(line?.split(' ').at(-1));
  };

  test('an answer that is lost: the same id again, and people see the message once', async () => {
    await sim.orderFaults([
      { kind: 'reset_after', robot: 'lost' },
      { kind: 'hang_after', robot: 'lost' },
    ]);
    await post('lost', 'Lost');
    await eventually('three attempts', async () => (await calls('lost')).length >= 3);
    const ids = new Set((await calls('lost')).map((call) => call.msgUuid));
    assert.deepEqual([ids.size, (await shown('lost', 1)).length], [1, 1]);
    await eventually(
      'it counts as delivered',
      async () => (await metric('notifierd_events_delivered_total', 'lost')) === 1,
    );
  });

  test('a channel that is busy, broken or not itself is tried until it takes the message', async () => {
    const kinds = [
      'reset_before',
      'html',
      'empty',
      'missing_errcode',
      'wrong_content_type',
      'truncated',
    ] as const;
    await sim.orderFaults([
      ...kinds.map((kind) => ({ kind, robot: 'busy' })),
      { kind: 'http', status: 502, robot: 'busy' },
      { kind: 'errcode', errcode: -1, robot: 'busy' },
    ]);
    await post('busy', 'Busy');
    const [message] = await shown('busy', 1, 30);
    assert.equal(message?.title, 'Busy');
    await eventually(
      'it counts as delivered',
      async () => (await metric('notifierd_events_delivered_total', 'busy')) === 1,
      {
        withinMs: clock.realMs(10 * MINUTE),
      },
    );
    assert.equal((await sim.messages('busy')).length, 1);
  });

  test('too long a message is composed anew, shorter, under a new id', async () => {
    await sim.orderFaults([{ kind: 'errcode', errcode: 460101, robot: 'long' }]);
    await post('long', { name: 'Long', annotations: { description: 'long '.repeat(5000) } });
    const [message] = await shown('long', 1);
    const [first, second] = await calls('long');
    assert.ok((second?.bytes ?? 0) < (first?.bytes ?? 0), `${first?.bytes} then ${second?.bytes} bytes`);
    assert.notEqual(first?.msgUuid, second?.msgUuid);
    assert.match(message?.text ?? '', /^firing: long .*…/);
  });

  test('a message refused for its links goes without them', async () => {
    await sim.orderFaults([{ kind: 'errcode', errcode: 430101, robot: 'unsafe' }]);
    await post('unsafe', {
      name: 'Unsafe',
      annotations: { description: 'see http://evil.example.com/x now' },
    });
    const [message] = await shown('unsafe', 1);
    assert.doesNotMatch(JSON.stringify(message), /evil\.example\.com|prometheus-k8s/);
  });

  test('a message that fails by itself is set aside: others pass, later states of its alert wait for it', async () => {
    await sim.orderFaults([
      { kind: 'errcode', errcode: 987654, times: 1_000, robot: 'odd', containing: 'Odd' },
    ]);
    // One alert has one set of labels, whatever notification it comes in.
    const odd = { name: 'Odd', labels: { group: 'odd' } };
    await post('odd', odd);
    await eventually('two attempts', async () => (await calls('odd')).length >= 2);
    await post('odd', 'Other', { ...odd, status: 'resolved' });
    await shown('odd', 1);
    await sim.clearFaults();
    const titles = (await shown('odd', 3)).map(
      (message) => `${message.title} ${message.text?.split(':')[0]}`,
    );
    assert.deepEqual(titles, ['Other firing', 'Odd firing', 'Odd resolved']);
  });

  test('a message that never passes while others do becomes a dead letter after five failures, counted and logged', async () => {
    const never = { kind: 'errcode', errcode: 987654, robot: 'never', containing: 'Never' } as const;
    await sim.orderFaults([{ ...never, times: 1000 }]);
    const dead = async (): Promise<number> => await metric('notifierd_events_dead_total', 'never');
    await post('never', 'Never');
    await eventually('two attempts', async () => (await calls('never')).length >= 2);
    let others = 0;
    for (; others < 20 && (await dead()) === 0; others++) {
      const before = (await calls('never')).length;
      await post('never', `Other${others}`);
      await shown('never', others + 1);
      // Its own next try: alone, it would never be given up on.
      const isTried = async (): Promise<boolean> => (await calls('never')).length >= before + 2;
      await eventually('it is tried again', async () => (await isTried()) || (await dead()) === 1, {
        withinMs: clock.realMs(5 * MINUTE),
      });
    }
    assert.equal(await dead(), 1);
    assert.ok(others >= 3, `given up on after ${others} others`);
    assert.match(daemon.logs(), /"msg":"message given up"/);
    assert.equal((await shown('never', others)).length, others);
  });

  test('a wrong token blocks its lane only; the log says the cure; the right one frees it at the next start', async () => {
    await post('locked', 'Locked');
    await eventually(
      'the lane is blocked',
      async () => (await metric('notifierd_lane_blocked', 'locked')) === 1,
    );
    const ready = await fetch(`${daemon.url}/-/ready`);
    assert.equal(ready.status, 200);
    assert.match(
      await ready.text(),
      /^sink locked is blocked until .* \(bad_credential\), 1 events wait: .+/m,
    );
    await post('calm', 'Calm');
    await shown('calm', 1);
    assert.match(daemon.logs(), /"level":"error"[^\n]*"reason":"bad_credential"[^\n]*"cure":"[^"]+"/);
    await daemon.stop();
    daemon = await start({});
    assert.deepEqual(
      (await shown('locked', 1)).map((message) => message.title),
      ['Locked'],
    );
  });

  test('a stop in the middle of a send keeps the message, and the next start sends it under the same id', async () => {
    await sim.orderFaults([{ kind: 'hang_after', robot: 'stopped' }]);
    await post('stopped', 'Stopped');
    await shown('stopped', 1);
    const asked = performance.now();
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    // Twice the grace of 40 s, in the clock's time, and what a busy machine adds.
    assert.ok(performance.now() - asked < clock.realMs(80_000) + 10_000);
    daemon = await start({});
    await eventually('it is sent again', async () => (await calls('stopped')).length === 2);
    const [first, second] = await calls('stopped');
    assert.deepEqual([first?.msgUuid, second?.result], [second?.msgUuid, 'duplicate']);
    assert.equal((await sim.messages('stopped')).length, 1);
  });

  test('a ban of the machine’s address parks all DingTalk sinks for five minutes', async () => {
    await sim.orderFaults([{ kind: 'status1111', robot: 'banned' }]);
    await post('banned', 'Banned');
    await eventually(
      'the bystander is parked too',
      async () => (await metric('notifierd_lane_parked', 'bystander')) === 1,
    );
    const [ban] = await calls('banned');
    await post('bystander', 'Bystander');
    const [message] = await shown('bystander', 1, 15);
    assert.ok((message?.shownAt ?? 0) - (ban?.at ?? 0) >= 5 * MINUTE);
    await shown('banned', 1, 15);
    assert.equal((await sim.state()).counts.swallowed, 0);
    assert.deepEqual(await sim.violations(), []);
  });
});
