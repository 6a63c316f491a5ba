/**
 * A replica is stopped in its tracks in the middle of a transaction, as by a machine that swaps: the locks that it holds keep the others
 * waiting for a bounded time only, because the server ends what stands still.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { type PostgresScene, ROBOTS, type SceneReplica, startPostgresScene } from './postgres/scene.ts';

/** The server ends an idle transaction in less than 2 s. Others of the same replica that waited for its locks may come in between. */
const HELD_UP_MS = 8_000;

test('a replica stopped in a transaction holds up the others for a bounded time', {
  timeout: 120_000,
}, async (t) => {
  const scene = await startPostgresScene();
  t.after(() => scene.close());
  const frozen = await scene.startReplica();
  const ours = await scene.backends();
  const other = await scene.startReplica();
  for (const [index, robot] of ROBOTS.entries())
    await (index % 2 === 0 ? frozen : other).postUntilAcknowledged(`before${index}r${robot}`);
  await scene.allToldOnce();

  await stopInTransaction(scene, frozen, ours);
  const began = performance.now();
  await Promise.all(ROBOTS.map((robot) => other.postUntilAcknowledged(`meanwhile0r${robot}`)));
  const tookMs = performance.now() - began;
  assert.ok(tookMs < HELD_UP_MS, `${Math.round(tookMs)} ms`);
  t.diagnostic(`held up for ${Math.round(tookMs)} ms`);
  // The lanes of the stopped one are taken over.
  await scene.allToldOnce();
  process.kill(frozen.daemon.pid, 'SIGCONT');
  frozen.network.slow(0);
  await frozen.postUntilAcknowledged('after0r0');
  await scene.allToldOnce();
});

/** Over a slow way its transactions take so long that one is surely caught; `known`: its connections at first. */
async function stopInTransaction(
  scene: PostgresScene,
  { network, daemon }: SceneReplica,
  known: readonly unknown[],
): Promise<void> {
  const isHolding = async () => {
    const rows = await scene.query(
      `select pid from pg_stat_activity where state = 'idle in transaction' and pid in (
         select pid from pg_locks where relation = 'lane'::regclass and mode = 'RowShareLock'
       ) and pid in (${known.join(', ')})`,
    );
    return rows.length > 0;
  };
  network.slow(150);
  await eventually('it is caught in a transaction', async () => {
    await eventually('it is in a transaction', isHolding, { everyMs: 5 });
    process.kill(daemon.pid, 'SIGSTOP');
    // What was on its way has arrived.
    await sleep(400);
    if (await isHolding()) return true;
    process.kill(daemon.pid, 'SIGCONT');
    return false;
  });
}
