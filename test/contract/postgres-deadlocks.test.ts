/**
 * Four replicas do whatever operations there are, as fast as they can, on lanes that are tied to each other in every way: nobody hears of a
 * deadlock, a lease never has two holders, and in the end the books balance and everything can be told.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Lease, Outbox } from '../../src/core/outbox/contract.ts';
import { DEAD, DELIVERED, LOST_ANSWER, REFUSED, UNREACHABLE } from './outbox-endings.ts';
import { laneOf } from './outbox-steps.ts';
import { assertBooks } from './postgres-books.ts';
import { arrivalOf, createStore, type PostgresStore, planSeal, settle } from './postgres-steps.ts';

const REPLICAS = 4;
const FOR_MS = 3_000;
/** Short: lanes shall change hands all the time. */
const LEASE_MS = 400;

const LANES = [
  laneOf('ops', { fallback: 'backup', paceKeys: ['shared', 'own'] }),
  laneOf('dev', { fallback: 'backup', paceKeys: ['shared'] }),
  laneOf('backup', { plugin: 'mail' }),
  laneOf('archive', { plugin: 'file', fallback: 'ops' }),
];
const NAMES = LANES.map(({ name }) => name);
const ENDINGS = [DELIVERED, DELIVERED, DELIVERED, DEAD, REFUSED, LOST_ANSWER, UNREACHABLE];

/** What one replica has in hand. */
interface Replica {
  readonly name: string;
  readonly outbox: Outbox;
  leases: readonly Lease[];
}

type Act = (replica: Replica) => Promise<unknown>;

test('operations of four replicas in any order never fail, and the books balance', {
  timeout: 60_000,
}, async (t) => {
  const store = await createStore();
  t.after(store.drop);
  const replicas = await Promise.all(Array.from({ length: REPLICAS }, (_, index) => start(store, index)));
  const until = performance.now() + FOR_MS;
  const counts = await Promise.all(
    // Three at a time in each, as an intake, lanes and people are at work at once.
    replicas.flatMap((replica) => [1, 2, 3].map(() => playUntil(replica, until))),
  );
  await assertBooks(store);
  const [activity] = await store.query(
    'select deadlocks, xact_rollback from pg_stat_database where datname = current_database()',
  );
  const played = counts.reduce((sum, count) => sum + count, 0);
  t.diagnostic(
    `${played} operations, ${activity?.deadlocks} deadlocks, ${activity?.xact_rollback} rollbacks`,
  );
  for (const { outbox } of replicas.slice(1)) await outbox.close();
  await tellEverything(replicas[0]?.outbox ?? assert.fail());
  await assertBooks(store);
  await replicas[0]?.outbox.close();
});

async function start(store: PostgresStore, index: number): Promise<Replica> {
  const outbox = await store.open({ time: 'database', connections: 5 });
  await outbox.registerLanes(LANES);
  return { name: `replica ${index}`, outbox, leases: [] };
}

async function playUntil(replica: Replica, until: number): Promise<number> {
  let count = 0;
  while (performance.now() < until) {
    try {
      await pick(ACTS)(replica);
      count += 1;
    } catch (error) {
      // The lane went to another meanwhile.
      assert.equal((error as { readonly code?: string }).code, 'lease_lost', String(error));
    }
  }
  return count;
}

const at = (): number => Date.now();

const append: Act = async ({ outbox }) => {
  const groups = Array.from({ length: 1 + Math.floor(Math.random() * 6) }, () =>
    Math.floor(Math.random() * 40),
  );
  await Promise.all(
    groups.map((group) => {
      const alerts = ['a', 'b', 'c'].slice(0, 1 + (group % 3)).map((name) => `${name}${group}`);
      const lanes = NAMES.filter((_, index) => group % (index + 2) < 2);
      return outbox.append(arrivalOf({ group: `g${group}`, alerts, lanes, rank: group % 3 }));
    }),
  );
};

const claim: Act = async (replica) => {
  const { name, outbox, leases } = replica;
  const request = { replica: name, lanes: LANES, holding: leases, leaseMs: LEASE_MS, at: at() };
  const claimed = await outbox.claimLanes(request);
  replica.leases = claimed.leases;
  if (claimed.surplus === undefined) return;
  await outbox.releaseLanes({ replica: name, lanes: [claimed.surplus], at: at() });
  replica.leases = replica.leases.filter(({ lane }) => lane !== claimed.surplus);
};

/** Under one of the leases that it believes to hold. */
function underLease(act: (outbox: Outbox, lease: Lease) => Promise<unknown>): Act {
  return async ({ outbox, leases }) => {
    if (leases.length > 0) await act(outbox, pick(leases));
  };
}

const work = underLease(async (outbox, lease) => {
  const { lane } = lease;
  const { current } = await outbox.view({ lane, at: at() });
  const seal = current === undefined ? await planSeal(outbox, lease, { take: 8 }) : undefined;
  const started = current === undefined ? await seal?.() : await begin(outbox, lease, current.ref);
  if (started !== undefined && started !== 'stale') await settle(outbox, { lane, started }, pick(ENDINGS));
});

async function begin(outbox: Outbox, lease: Lease, message: number) {
  const { credentials } = await outbox.view({ lane: lease.lane, at: at() });
  const { paceKey, paceMark } = pick(credentials);
  return await outbox.begin({ ...lease, message, under: { paceKey, paceMark }, at: at() });
}

const unseal = underLease(async (outbox, lease) => {
  const { current } = await outbox.view({ lane: lease.lane, at: at() });
  if (current !== undefined) await outbox.unseal({ ...lease, message: current.ref, at: at() });
});

const expire = underLease(async (outbox, lease) => {
  await outbox.expire({ ...lease, rank: 2, before: at() - 300, id: randomUUID(), at: at() });
});

const handOver = underLease(async (outbox, lease) => {
  const to = LANES.find(({ name }) => name === lease.lane)?.fallback;
  if (to !== undefined) await outbox.handOver({ ...lease, to, ranks: [0, 1, 2], tellTwice: false, at: at() });
});

const decide: Act = async ({ outbox }) => {
  const messages = (await outbox.readDeadLetterIds()).slice(0, 3);
  if (Math.random() < 0.5) await outbox.reviveDeadLetters({ messages, lanes: NAMES, at: at() });
  else await outbox.dropDeadLetters({ messages, at: at() });
};

const prune: Act = async ({ outbox }) => {
  const before = at() - 1_000;
  await outbox.prune({ settledBefore: before, deadBefore: before, batch: 5 });
};

const look: Act = async ({ outbox }) => {
  await outbox.readLanes();
  await outbox.readDeadLetters(await outbox.readDeadLetterIds());
};

const ACTS = [append, append, claim, work, work, work, work, unseal, expire, handOver, decide, prune, look];

/** By a replica that is alone: nothing waits any more. */
async function tellEverything(outbox: Outbox): Promise<void> {
  const { leases } = await outbox.claimLanes({ replica: 'last', lanes: LANES, holding: [], at: at() });
  assert.equal(leases.length, LANES.length);
  for (let busy = true; busy; ) {
    busy = false;
    for (const lease of leases) {
      const { lane } = lease;
      const { current, setAside } = await outbox.view({ lane, at: at() });
      const due = current ?? setAside;
      const started =
        due === undefined
          ? await (await planSeal(outbox, lease, { take: 100 }))?.()
          : await begin(outbox, lease, due.ref);
      if (started === undefined) continue;
      busy = true;
      if (started !== 'stale') await settle(outbox, { lane, started }, DELIVERED);
    }
  }
  for (const { lane, waitingEvents } of await outbox.readLanes()) assert.equal(waitingEvents, 0, lane);
}

function pick<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] ?? assert.fail();
}
