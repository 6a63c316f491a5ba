/**
 * A disk without room, as the daemon sees it: from one moment on no file may grow (the limit RLIMIT_FSIZE, set from outside with
 * prlimit of util-linux). What was acknowledged before is delivered, what comes meanwhile is answered 503, and when there is room
 * again everything goes on by itself.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
import { startDingTalkSim } from '../support/dingtalk-sim/server.ts';
import { eventually } from '../support/eventually.ts';
import { webhookBody } from '../support/webhook.ts';

test('a full disk: 503 while it lasts, nothing acknowledged is lost, and it ends by itself', {
  timeout: 90_000,
}, async (t) => {
  const sim = await startDingTalkSim({
    robots: [{ name: 'ops', token: 'disk-token' }],
    settings: { startsPerMinute: 1000 },
  });
  t.after(() => sim.close());
  const sink = { plugin: 'dingtalk', endpoint: sim.url, access_token: 'disk-token', links_up_to: 0 };
  const daemon = await startDaemon({ config: { sinks: { ops: sink } } });
  t.after(() => daemon.kill9());
  let posted = 0;
  const acknowledged = new Set<string>();
  const post = async (): Promise<number> => {
    const name = `alert${posted++}`;
    const filler = { note: 'x'.repeat(20_000) };
    const body = webhookBody(name, [{ name, labels: { mark: name }, annotations: filler }]);
    const answer = await fetch(daemon.url, { method: 'POST', body });
    await answer.arrayBuffer();
    if (answer.status === 200) acknowledged.add(name);
    return answer.status;
  };
  const limitFiles = (bytes: number | 'unlimited'): void => {
    execFileSync('prlimit', ['--pid', String(daemon.pid), `--fsize=${bytes}:unlimited`]);
  };

  assert.equal(await post(), 200);
  const database = join(daemon.dir, 'data/notifierd.db');
  limitFiles(Math.max(statSync(database).size, statSync(`${database}-wal`).size));
  const refused = await eventually('the daemon says that it cannot store', async () => {
    const status = await post();
    return status !== 200 && status;
  });
  assert.equal(refused, 503);
  assert.equal((await fetch(`${daemon.url}/-/healthy`)).status, 200);
  const ready = await fetch(`${daemon.url}/-/ready`);
  assert.equal(ready.status, 503);
  assert.match(await ready.text(), /disk|full|written/);

  limitFiles('unlimited');
  await eventually('it stores again', async () => (await post()) === 200);
  assert.equal((await fetch(`${daemon.url}/-/ready`)).status, 200);
  await eventually(
    'every acknowledged alert is shown',
    () => {
      const told = JSON.stringify(sim.messages('ops'));
      return [...acknowledged].every((name) => told.includes(`${name}`));
    },
    { withinMs: 60_000 },
  );
  const told = sim.messages('ops').flatMap(({ title, text }) => [title ?? '', ...(text ?? '').split('\n')]);
  for (const name of acknowledged) {
    const times = told.filter(
      (line) => line === name || line.includes(`mark=${name} `) || line.includes(`mark=${name}]`),
    ).length;
    assert.equal(times, 1, `${name} was shown ${times} times`);
  }
  assert.match(daemon.logs(), /"msg":"the outbox takes no notifications"/);
  assert.match(daemon.logs(), /"msg":"the outbox takes notifications again"/);
  assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
  const stored = readFileSync(database).subarray(0, 15).toString();
  assert.equal(stored, 'SQLite format 3');
});
