/**
 * Somebody removes or moves the outbox's file, or its folder, while notifierd runs. An open file takes writes all the same, and a restart
 * would find none of them: so nothing new is acknowledged, while what was acknowledged before is still delivered.
 */
import assert from 'node:assert/strict';
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type OutboxScene, startOutboxScene } from './outbox-trouble/scene.ts';

const LIMITS = { timeout: 120_000 };
/** Until the test lets it answer rightly. */
const ALWAYS = 1_000;

describe('nothing is acknowledged that a restart would not find', () => {
  const rows: readonly { readonly name: string; readonly take: (database: string) => void }[] = [
    { name: 'the file is removed', take: (database) => rmSync(database) },
    { name: 'the file is moved', take: (database) => renameSync(database, `${database}.old`) },
    {
      name: 'another file takes its place',
      take: (database) => {
        renameSync(database, `${database}.old`);
        writeFileSync(database, '');
      },
    },
    { name: 'its log is removed', take: (database) => rmSync(`${database}-wal`) },
    { name: 'its folder is removed', take: (database) => rmSync(dirname(database), { recursive: true }) },
  ];
  for (const { name, take } of rows) {
    test(`${name}: 503 and a log line that says so, and what waits is delivered`, LIMITS, async (t) => {
      const scene = await startOutboxScene(t);
      scene.sim.orderFaults([{ kind: 'http', status: 502, times: ALWAYS }]);
      assert.equal((await scene.post('waiting')).status, 200);
      await eventually('it was tried', () => scene.sim.requests().length > 0);

      take(scene.database);
      await refuses(scene);
      scene.sim.clearFaults();
      await scene.allToldOnce();
      assert.match(
        scene.daemon().logs(),
        /"level":"error"[^\n]*notifierd\.db[^\n]* was removed or replaced[^\n]*"msg":"the outbox takes no notifications"/,
      );
      assert.equal((await fetch(`${scene.daemon().url}/-/healthy`)).status, 200);
    });
  }
});

test('a folder that was moved and is put back is used again, with all that was in it', LIMITS, async (t) => {
  const scene = await startOutboxScene(t);
  const folder = dirname(scene.database);
  scene.sim.orderFaults([{ kind: 'http', status: 502, times: ALWAYS }]);
  assert.equal((await scene.post('before')).status, 200);
  renameSync(folder, `${folder}.moved`);
  await refuses(scene);
  renameSync(`${folder}.moved`, folder);
  await scene.postUntilAcknowledged('meanwhile');
  assert.match(await scene.ready(), /^200 /);
  await scene.restart();
  scene.sim.clearFaults();
  await scene.allToldOnce();
});

test('a folder made read-only harms no open file: all goes on, and a restart finds it', LIMITS, async (t) => {
  const scene = await startOutboxScene(t);
  const folder = dirname(scene.database);
  scene.sim.orderFaults([{ kind: 'http', status: 502, times: ALWAYS }]);
  assert.equal((await scene.post('before')).status, 200);
  for (const path of [scene.database, `${scene.database}-wal`]) chmodSync(path, 0o400);
  chmodSync(folder, 0o500);
  assert.equal((await scene.post('meanwhile')).status, 200);
  await scene.restart(() => {
    chmodSync(folder, 0o700);
    for (const path of [scene.database, `${scene.database}-wal`]) chmodSync(path, 0o600);
  });
  scene.sim.clearFaults();
  await scene.allToldOnce();
});

/** Alertmanager's retries, and what a probe sees. */
async function refuses(scene: OutboxScene): Promise<void> {
  for (let count = 0; count < 3; count++) {
    assert.deepEqual(await scene.post('meanwhile').then(({ status, code }) => [status, code]), [
      503,
      'outbox_unavailable',
    ]);
  }
  assert.match(await scene.ready(), /^503 not ready\n.*was removed or replaced/);
}
