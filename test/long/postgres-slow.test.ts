/**
 * PostgreSQL behind a way that is too slow to work over: answers come in time all the same, and once the way is quick again what was
 * acknowledged is shown, once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROBOTS, startPostgresScene } from '../integration/postgres/scene.ts';
import { eventually } from '../support/eventually.ts';

/** Alertmanager gives a notification at least this long: https://prometheus.io/docs/alerting/latest/configuration/ (group_interval). */
const ALERTMANAGER_WAITS_MS = 10_000;

test('400 ms in each direction: answers in time, and nothing is lost or shown twice', {
  timeout: 180_000,
}, async (t) => {
  const scene = await startPostgresScene({});
  t.after(async () => await scene.close());
  const replica = await scene.startReplica();
  scene.sim.orderFaults([{ kind: 'http', status: 502, times: 1_000 }]);
  for (const robot of ROBOTS) assert.equal((await replica.post(`waiting1r${robot}`)).status, 200);
  replica.network.slow(400);
  scene.sim.clearFaults();
  const crawling = Array.from({ length: 3 }, (_, index) => replica.post(`crawl${index}r${ROBOTS[0]}`));
  for (const { tookMs } of await Promise.all(crawling)) assert.ok(tookMs < ALERTMANAGER_WAITS_MS);
  replica.network.slow(0);
  await replica.postUntilAcknowledged(`after1r${ROBOTS[0]}`);
  await eventually('it is ready', async () => (await replica.ready()).startsWith('200 '));
  await scene.allToldOnce();
});
