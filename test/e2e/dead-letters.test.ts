/**
 * A dead letter by the long way, on a fast clock: a code that nobody knows, five times; then a person looks at it and lets it be sent
 * again while the daemon runs.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Finished, runCli } from '../support/cli.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createSharedClock, type SharedClock } from '../support/shared-clock.ts';
import { type SimProcess, startSimProcess } from '../support/sim-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postUntilAnswered, webhookBody } from '../support/webhook.ts';

const MINUTE = 60_000;

describe('a message that never passes', () => {
  let clock: SharedClock;
  let sim: SimProcess;
  let daemon: Daemon;
  const dir = createTempDir();

  before(async () => {
    clock = await createSharedClock({ rate: 20 });
    sim = await startSimProcess({ clock, robots: ['name=ops,token=t'] });
    const ops = { plugin: 'dingtalk', endpoint: sim.url, access_token: 't' };
    const config = { delivery: { timeout: '60s' }, sinks: { ops } };
    daemon = await startDaemon({ clock, dir: dir.path, config });
  });
  after(async () => {
    await daemon?.stop();
    await sim?.stop();
    await clock?.stop();
    dir.remove();
  });

  const run = async (...args: readonly string[]): Promise<Finished> =>
    await runCli(['dead-letters', ...args, '--config', 'notifierd.yaml'], {
      cwd: dir.path,
      env: clock.env(),
    });
  const post = async (...names: readonly string[]): Promise<void> => {
    const alerts = names.map((name) => ({ name, labels: { group: 'one' } }));
    assert.equal(await postUntilAnswered(daemon.url, webhookBody(names.join(' '), alerts)), 200);
  };
  const titles = async (): Promise<readonly (string | undefined)[]> =>
    (await sim.messages('ops')).map((message) => message.title);

  test('can be sent again by hand: within half a minute, under a new id, and people see it once', async () => {
    await sim.orderFaults([{ kind: 'errcode', errcode: 987654, times: 5, robot: 'ops' }]);
    await post('Never');
    const id = await eventually(
      'it is given up',
      async () => /^(\d+) {2}ops /.exec((await run('list')).stdout)?.[1],
      { withinMs: Math.max(clock.realMs(20 * MINUTE), 60_000), everyMs: 500 },
    );
    const { stdout } = await run('show', id);
    assert.match(stdout, /\n5 attempts\n(?: {2}\S+Z {2}\S+ s {2}retry unknown_code {2}.*987654.*\n){5}/);

    const retriedAt = clock.now();
    const retried = await run('retry', id);
    assert.deepEqual([retried.code, retried.stderr], [0, '']);
    // Nothing wakes the lane: it finds the event when it looks by itself.
    await eventually('it is shown', async () => (await titles()).length === 1);
    const [message] = await sim.messages('ops');
    assert.equal(message?.title, 'Never');
    const seconds = ((message?.shownAt ?? 0) - retriedAt) / 1000;
    // The command's own start and end take real time, twenty times as long on this clock.
    assert.ok(seconds < 30 + 20 * 10, `shown after ${seconds} s`);

    assert.match((await run('retry', id)).stdout, /was retried before/);
    await post('After');
    await eventually('the next is shown', async () => (await titles()).length >= 2);
    assert.deepEqual(await titles(), ['Never', 'After']);
    const ids = (await sim.requests()).map((request) => request.msgUuid);
    assert.equal(ids.length, 7);
    assert.equal(new Set(ids.slice(0, 5)).has(ids[5] ?? null), false);
    assert.deepEqual(await sim.violations(), []);
    assert.doesNotMatch(daemon.logs(), /the lane cannot go on/);
  });
});
