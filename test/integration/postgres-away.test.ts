/**
 * PostgreSQL goes away, stalls, is full or takes nothing while notifierd works on it: webhooks are answered 503 while Alertmanager still
 * listens, nothing that was acknowledged is lost or shown twice, and all goes on by itself when the server is back. One daemon lives
 * through all of it.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { takeAllConnections } from './postgres/full-server.ts';
import {
  type Answer,
  CONNECTIONS,
  LEASE_MS,
  type PostgresScene,
  ROBOTS,
  type SceneReplica,
  startPostgresScene,
} from './postgres/scene.ts';

const LIMITS = { timeout: 120_000 };
/** Alertmanager gives a notification at least this long: https://prometheus.io/docs/alerting/latest/configuration/ (group_interval). */
const ALERTMANAGER_WAITS_MS = 10_000;
/** For what is refused there and then, on a busy machine. */
const AT_ONCE_MS = 1_000;
const ALWAYS = 1_000;

let scene: PostgresScene;
let replica: SceneReplica;
let named = 0;

before(async () => {
  scene = await startPostgresScene({ settings: { max_connections: '24' } });
  replica = await scene.startReplica();
});
after(async () => await scene.close());
// A test that fails leaves no trouble to the next.
afterEach(async () => {
  scene.postgres.resume();
  await scene.postgres.start().catch(() => undefined);
  await replica.network.heal();
  scene.sim.clearFaults();
});

/** A name of its own, for each robot in turn. */
function nextName(what: string): string {
  named += 1;
  return `${what}${named}r${ROBOTS[named % ROBOTS.length]}`;
}

async function post(count: number, what: string): Promise<Answer[]> {
  return await Promise.all(Array.from({ length: count }, () => replica.post(nextName(what))));
}

/** Something is acknowledged and cannot be delivered yet. */
async function leaveWaiting(): Promise<void> {
  scene.sim.orderFaults([{ kind: 'http', status: 502, times: ALWAYS }]);
  const before = scene.sim.requests().length;
  for (const { status } of await post(ROBOTS.length, 'waiting')) assert.equal(status, 200);
  await eventually('it was tried', () => scene.sim.requests().length > before);
}

/** Everything works again, of itself. */
async function recovers(): Promise<void> {
  scene.sim.clearFaults();
  await replica.postUntilAcknowledged(nextName('after'));
  await eventually('it is ready', async () => (await replica.ready()).startsWith('200 '));
  await scene.allToldOnce();
}

function assertRefused(answers: readonly Answer[], withinMs: number): void {
  for (const { status, code, tookMs } of answers) {
    assert.equal(status, 503);
    assert.match(code ?? '', /^outbox_(unavailable|slow)$/);
    assert.ok(tookMs < withinMs, `answered after ${Math.round(tookMs)} ms`);
  }
}

/** What is logged from now on. */
function watchLog(): () => string[] {
  const { length } = replica.daemon.logs();
  return () => replica.daemon.logs().slice(length).trimEnd().split('\n');
}

test(
  'stopped: 503 at once, unready with a reason, few log lines, and all goes on after its start',
  LIMITS,
  async () => {
    await leaveWaiting();
    const lines = watchLog();
    await scene.postgres.stop();
    assertRefused(await post(3, 'refused'), AT_ONCE_MS);
    await sleep(3_000);
    assertRefused(await post(3, 'refused'), AT_ONCE_MS);
    assert.match(await replica.ready(), /^503 not ready\nthe outbox cannot be read or written: /);
    assert.equal((await fetch(`${replica.daemon.url}/-/healthy`)).status, 200);
    const workers = lines().filter((line) => !line.includes('request refused'));
    // Each lane, the leases and the intake once, and what its robots had to say before.
    assert.ok(workers.length <= 2 * ROBOTS.length + 2, workers.join('\n'));
    await scene.postgres.start();
    await recovers();
  },
);

test('killed under load: nothing acknowledged is lost or shown twice', LIMITS, async () => {
  const before = scene.sim.requests().length;
  const load = Promise.all(Array.from({ length: 36 }, () => replica.postUntilAcknowledged(nextName('load'))));
  await eventually('some of it is under way', () => scene.sim.requests().length > before, { everyMs: 2 });
  await scene.postgres.kill9();
  await scene.postgres.start();
  await load;
  await recovers();
});

test(
  'out of reach: 503 in time, unready within a second, and all goes on when the way is free',
  LIMITS,
  async () => {
    await leaveWaiting();
    await replica.network.cut();
    const began = performance.now();
    assert.match(await replica.ready(), /^503 not ready\nthe outbox /);
    assert.ok(performance.now() - began < 2 * AT_ONCE_MS);
    const together = [post(3, 'hole'), sleep(1_000).then(() => post(3, 'hole'))];
    assertRefused((await Promise.all(together)).flat(), ALERTMANAGER_WAITS_MS);
    await replica.network.heal();
    await recovers();
  },
);

test(
  'refused for a while: other connections are opened as soon as they are taken again',
  LIMITS,
  async () => {
    await replica.network.refuse();
    assertRefused(await post(3, 'refused'), AT_ONCE_MS);
    await replica.network.heal();
    const [answer] = await post(1, 'healed');
    assert.equal(answer?.status, 200);
    await recovers();
  },
);

test('frozen for 8 s: 503 in time, then all goes on and nothing is shown twice', LIMITS, async () => {
  await leaveWaiting();
  scene.postgres.pause();
  const thawed = sleep(8_000).then(() => scene.postgres.resume());
  assertRefused(await post(4, 'frozen'), ALERTMANAGER_WAITS_MS);
  await thawed;
  await recovers();
});

test(
  'read-only, as a standby is: 503 and unready, and all goes on over new connections',
  LIMITS,
  async () => {
    const before = await scene.backends();
    await scene.postgres.setting('default_transaction_read_only', 'on');
    await eventually('it is unready', async () => /^503 not ready\n.*read-only/.test(await replica.ready()));
    assertRefused(await post(3, 'standby'), AT_ONCE_MS);
    await scene.postgres.setting('default_transaction_read_only', 'off');
    await recovers();
    const kept = (await scene.backends()).filter((pid) => before.includes(pid));
    // The one that listens has noticed nothing.
    assert.ok(kept.length <= 1, `${kept.length} of ${before.length} connections are kept`);
  },
);

test('no connection left: 503 in time, and all goes on when others let go of theirs', LIMITS, async () => {
  const release = await takeAllConnections(scene);
  try {
    assertRefused(await post(3, 'full'), ALERTMANAGER_WAITS_MS);
    assert.match(await replica.ready(), /^503 not ready\nthe outbox /);
  } finally {
    await release();
  }
  await recovers();
});

test('a slow way, 20 ms in each direction: all is delivered, and no lease is lost', LIMITS, async () => {
  const lines = watchLog();
  replica.network.slow(20);
  const until = performance.now() + LEASE_MS;
  while (performance.now() < until) {
    await replica.postUntilAcknowledged(nextName('slow'));
    // More would only have to wait for the robots' pace.
    await sleep(1_000);
  }
  replica.network.slow(0);
  assert.deepEqual(
    lines().filter((line) => /the lease is over|cannot be renewed/.test(line)),
    [],
  );
  await recovers();
});

test('a storm of webhooks opens no more connections than configured', LIMITS, async () => {
  let most = 0;
  let isOver = false;
  const counting = (async () => {
    while (!isOver) most = Math.max(most, (await scene.backends()).length);
  })();
  const answers = await post(150, 'storm');
  isOver = true;
  await counting;
  assert.ok(answers.every(({ status }) => status === 200));
  // One more listens.
  assert.ok(most >= 2 && most <= CONNECTIONS + 1, `${most} connections`);
});
