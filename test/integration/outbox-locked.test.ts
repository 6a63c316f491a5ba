/**
 * Another program holds the write lock of the outbox's file for longer than SQLite's busy time-out: a backup script, somebody with the
 * sqlite3 shell. Webhooks are answered 503 while Alertmanager still listens, what a send came to is kept in hand, and once the lock is
 * gone everything goes on by itself.
 */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { startOutboxScene } from './outbox-trouble/scene.ts';

/** Alertmanager gives a notification at least this long: https://prometheus.io/docs/alerting/latest/configuration/ (group_interval). */
const ALERTMANAGER_WAITS_MS = 10_000;
/** The robot's answer comes when the lock is long taken, and long before it is gone. */
const ANSWER_AFTER_MS = 1_500;

test('a locked outbox: 503 in time, the send under way is not repeated, and all goes on when the lock is gone', {
  timeout: 120_000,
}, async (t) => {
  const scene = await startOutboxScene(t);
  assert.equal((await scene.post('before')).status, 200);
  await scene.allToldOnce();
  scene.sim.orderFaults([{ kind: 'slow', ms: ANSWER_AFTER_MS }]);
  assert.equal((await scene.post('under-way')).status, 200);
  await eventually('its message is on the way', () => scene.sim.requests().length === 2, { everyMs: 5 });

  const unlock = lockForWriting(t, scene.database);
  const posts = ['one', 'two', 'three'].map((name) => scene.post(name));
  await eventually('/-/ready says so', async () =>
    /^503 not ready\nthe outbox does not answer/.test(await scene.ready()),
  );
  for (const { status, code, tookMs } of await Promise.all(posts)) {
    assert.deepEqual([status, /^outbox_(unavailable|slow)$/.test(code ?? '')], [503, true]);
    assert.ok(tookMs < ALERTMANAGER_WAITS_MS, `answered after ${Math.round(tookMs)} ms`);
  }
  await eventually('what the send came to could not be recorded', () =>
    /database is locked[^\n]*"msg":"the lane cannot go on"/.test(scene.daemon().logs()),
  );

  unlock();
  for (const name of ['one', 'two', 'three', 'after']) await scene.postUntilAcknowledged(name);
  await scene.allToldOnce();
  await eventually('it is ready again', async () => (await scene.ready()).startsWith('200 '));
  const [, underWay] = scene.sim.requests();
  const ids = scene.sim.requests().map(({ msgUuid }) => msgUuid);
  assert.equal(ids.filter((id) => id === underWay?.msgUuid).length, 1, 'the message under way went once');
  assert.deepEqual(await scene.daemon().stop(), { code: 0, signal: null });
});

test('a start on a locked outbox fails with a clear text, and the next one delivers what waited', {
  timeout: 120_000,
}, async (t) => {
  const scene = await startOutboxScene(t);
  scene.sim.orderFaults([{ kind: 'http', status: 502, times: 1_000 }]);
  assert.equal((await scene.post('waiting')).status, 200);
  let unlock = (): void => undefined;
  await assert.rejects(
    scene.restart(() => {
      unlock = lockForWriting(t, scene.database);
    }),
    /exit 1\)[\s\S]*notifierd: .*is locked by another program/,
  );
  unlock();
  scene.sim.clearFaults();
  await scene.restart();
  await scene.allToldOnce();
});

function lockForWriting(t: TestContext, file: string): () => void {
  const other = new DatabaseSync(file, { timeout: 5_000 });
  t.after(() => other.isOpen && other.close());
  other.exec('begin immediate');
  return () => other.exec('rollback');
}
