/**
 * A dead letter by the long way, on a fast clock: a code that nobody knows, again and again while others pass; then a person looks at it
 * and lets it be sent again while the daemon runs.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Finished, runCli } from '../support/cli.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createSharedClock, type SharedClock } from '../support/shared-clock.ts';
import { type SimProcess, startSimProcess } from '../support/sim-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { toldIn } from '../support/told.ts';
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
  const told = async (): Promise<readonly string[]> =>
    toldIn(await sim.messages('ops')).map(({ name }) => name);

  test('can be sent again by hand: within half a minute, under a new id, and people see it once', async () => {
    const code = { kind: 'errcode', errcode: 987654, containing: 'Never' } as const;
    await sim.orderFaults([{ ...code, times: 1000 }]);
    await post('Never');
    const others: string[] = [];
    const id = await eventually(
      'it is given up',
      async () => {
        // Its failures count only while others pass.
        others.push(`Other${others.length}`);
        await post(others.at(-1) ?? '');
        return /^(\d+) {2}ops /.exec((await run('list')).stdout)?.[1];
      },
      { withinMs: Math.max(clock.realMs(20 * MINUTE), 60_000), everyMs: 500 },
    );
    await sim.clearFaults();
    const { stdout } = await run('show', id);
    const attempt = / {2}\S+Z {2}\S+ s {2}retry unknown_code {2}.*987654.*\n/;
    assert.match(stdout, new RegExp(`\n\\d+ attempts\n(?:${attempt.source}){5}`));
    await eventually('the others are shown', async () => (await told()).length >= others.length);
    const failedIds = new Set((await sim.requests()).map((request) => request.msgUuid));

    const retriedAt = clock.now();
    const retried = await run('retry', id);
    assert.deepEqual([retried.code, retried.stderr], [0, '']);
    // Nothing wakes the lane: it finds the event when it looks by itself.
    const shown = await eventually('it is shown', async () =>
      toldIn(await sim.messages('ops')).find(({ name }) => name === 'Never'),
    );
    const seconds = (shown.message.shownAt - retriedAt) / 1000;
    // The command's own start and end take real time, twenty times as long on this clock.
    assert.ok(seconds < 30 + 20 * 10, `shown after ${seconds} s`);

    assert.match((await run('retry', id)).stdout, /was retried before/);
    await post('After');
    await eventually('the next is shown', async () => (await told()).includes('After'));
    assert.deepEqual(await told(), [...others, 'Never', 'After']);
    const again = (await sim.requests()).slice(-2).map(({ msgUuid }) => msgUuid);
    assert.ok(again.every((msgUuid) => !failedIds.has(msgUuid)));
    assert.deepEqual(await sim.violations(), []);
    assert.doesNotMatch(daemon.logs(), /the lane cannot go on/);
  });
});
