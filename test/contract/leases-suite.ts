/**
 * Leases as the outbox contract promises them: which replica gets which lanes, for how long, and how they change hands. takeover-suite.ts
 * goes on from there. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Lease, Outbox } from '../../src/core/outbox/contract.ts';
import { LONGEST_LEASE_MS } from '../../src/core/outbox/lease.ts';
import { createReplica, type Replica, takeLanes } from './lease-steps.ts';
import { T0 } from './outbox-endings.ts';
import { laneOf, type OutboxEngine } from './outbox-steps.ts';

/** How long the leases of these cases last. */
const LEASE = 30_000;
const LANES = ['p', 'q', 'r', 's', 't', 'u', 'v'].map((name) => laneOf(name));

/** Runs the cases of leases over one engine. */
export function describeLeases(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`the leases of the outbox on ${name}`, () => {
    let engine: OutboxEngine;
    let outbox: Outbox;

    beforeEach(async () => {
      engine = await open();
      outbox = engine.outbox;
    });
    afterEach(async () => await engine.remove());

    /** A replica with so many lanes, or these. */
    const start = async (id: string, lanes: number | string = LANES.length): Promise<Replica> => {
      const own = typeof lanes === 'number' ? LANES.slice(0, lanes) : [...lanes].map((lane) => laneOf(lane));
      return await createReplica(outbox, id, { lanes: own, leaseMs: LEASE });
    };
    /** They claim in turn, and give back what is too much, until nothing changes any more. Answers how many lanes moved. */
    const settle = async (replicas: readonly Replica[], at = T0): Promise<number> => {
      let moves = 0;
      let isChanged = true;
      while (isChanged) {
        isChanged = false;
        for (const replica of replicas) {
          const before = replica.lanes().length;
          const { surplus } = await replica.claim(at);
          if (surplus !== undefined) {
            await replica.release(at, [surplus]);
            moves += 1;
          }
          if (surplus !== undefined || replica.lanes().length !== before) isChanged = true;
        }
      }
      return moves;
    };

    describe('of a replica that is alone', () => {
      const claim = async (replica: string, at: number, holding: readonly Lease[] = []) =>
        await outbox.claimLanes({ replica, lanes: LANES, holding, at });

      beforeEach(async () => await outbox.registerLanes(LANES));

      test('are on all lanes, and never end', async () => {
        const { leases, ...rest } = await claim('a', T0);
        assert.deepEqual(leases.map(({ lane }) => lane).sort(), [...'pqrstuv']);
        assert.deepEqual(rest, { replicas: 1 });
        assert.deepEqual(await claim('a', T0 + 1e12, leases), { leases, replicas: 1 });
      });

      test('go to the one that is started after it, all of them, whatever became of it', async () => {
        const { leases } = await claim('a', T0);
        const later = await claim('b', T0);
        assert.deepEqual(epochsOf(later.leases), epochsOf(leases, 1));
        assert.equal(later.replicas, 1);
        const leaseOf = await takeLanes(outbox, LANES, T0);
        assert.deepEqual(epochsOf(LANES.map((lane) => leaseOf(lane.name))), epochsOf(leases, 2));
      });

      test('go to it from replicas that shared the store before', async () => {
        const shared = await start('a');
        await shared.claim(T0);
        const { leases, replicas } = await claim('b', T0 + 1);
        assert.deepEqual([leases.length, replicas], [7, 1]);
      });
    });

    test('are all of the first; who comes second gets one lane after the other, as they are given back', async () => {
      const [a, b] = [await start('a', 4), await start('b', 4)];
      assert.deepEqual([(await a.claim(T0)).surplus, a.lanes()], [undefined, [...'pqrs']]);
      assert.deepEqual(await b.claim(T0 + 1), { leases: [], replicas: 2, nextFreeAt: T0 + LEASE });
      for (const [at, left] of [
        [T0 + 2, 3],
        [T0 + 4, 2],
      ] as const) {
        const { surplus = assert.fail() } = await a.claim(at);
        assert.ok(a.lanes().includes(surplus), 'it is kept until it is given back');
        assert.equal((await a.claim(at)).surplus, surplus);
        await a.release(at, [surplus]);
        await b.claim(at + 1);
        assert.ok(b.lanes().includes(surplus));
        assert.deepEqual([a.lanes().length, b.lanes().length], [left, 4 - left]);
      }
      assert.equal((await a.claim(T0 + 6)).surplus, undefined);
      assert.equal((await b.claim(T0 + 6)).surplus, undefined);
    });

    test('are shared by three replicas with seven lanes as three, two and two, and no lane moves for nothing', async () => {
      const [a, b, c] = [await start('a'), await start('b'), await start('c')];
      await a.claim(T0);
      assert.equal(await settle([b, c, a]), 4);
      assert.deepEqual(
        [a, b, c].map((replica) => replica.lanes().length),
        [3, 2, 2],
      );
      assert.deepEqual([a, b, c].flatMap((replica) => replica.lanes()).sort(), [...'pqrstuv']);
      assert.equal(await settle([a, b, c], T0 + 1), 0);
    });

    test('of one that is gone are spread over those who are left, who keep what they have', async () => {
      const [a, b, c] = [await start('a', 6), await start('b', 6), await start('c', 6)];
      await a.claim(T0);
      await settle([b, c, a]);
      const [own, theirs] = [a.lanes().map(a.leaseOf), b.lanes().map(b.leaseOf)];
      for (const at of [T0 + LEASE - 1, T0 + LEASE]) for (const replica of [a, b]) await replica.claim(at);
      assert.deepEqual([a.lanes().length, b.lanes().length], [3, 3]);
      assert.deepEqual(epochsOf(own), epochsOf(own.map(({ lane }) => a.leaseOf(lane))));
      assert.deepEqual(epochsOf(theirs), epochsOf(theirs.map(({ lane }) => b.leaseOf(lane))));
      assert.equal((await a.claim(T0 + LEASE)).replicas, 2);
    });

    test('keep their epoch while they are renewed, and last from the last claim on', async () => {
      const [a, b] = [await start('a'), await start('b')];
      const { leases } = await a.claim(T0);
      const late = T0 + LEASE - 1;
      assert.deepEqual((await a.claim(late)).leases, leases);
      assert.deepEqual((await b.claim(late + LEASE - 1)).leases, []);
      assert.deepEqual((await a.claim(late + LEASE - 1)).leases, leases);
    });

    test('of a holder that is silent are over after just their length, and the taker’s epochs are higher', async () => {
      const [a, b] = [await start('a'), await start('b')];
      const { leases } = await a.claim(T0 + 5);
      const early = await b.claim(T0 + 5 + LEASE - 1);
      assert.deepEqual(early, { leases: [], replicas: 2, nextFreeAt: T0 + 5 + LEASE });
      const { leases: taken, ...rest } = await b.claim(T0 + 5 + LEASE);
      assert.deepEqual(epochsOf(taken), epochsOf(leases, 1));
      assert.deepEqual(rest, { replicas: 1 });
      assert.deepEqual((await a.claim(T0 + 5 + LEASE)).leases, [], 'it learns of it with its next claim');
    });

    test('that have run out are taken anew also by who had them', async () => {
      const a = await start('a');
      const { leases } = await a.claim(T0);
      assert.deepEqual(epochsOf((await a.claim(T0 + LEASE)).leases), epochsOf(leases, 1));
    });

    test('of which their holder knows nothing, or something else, are taken anew', async () => {
      const a = await start('a', 2);
      const { leases } = await a.claim(T0);
      await a.claim(T0 + 1, []);
      assert.deepEqual(epochsOf(a.lanes().map(a.leaseOf)), epochsOf(leases, 1));
      // An answer that came late: its leases are those of the claim before.
      await a.claim(T0 + 2, leases);
      assert.deepEqual(epochsOf(a.lanes().map(a.leaseOf)), epochsOf(leases, 2));
    });

    test('are only on lanes that the replica’s configuration has', async () => {
      const [a, b] = [await start('a', 'pqr'), await start('b', 'qrs')];
      await a.claim(T0);
      await b.claim(T0);
      assert.deepEqual([a.lanes(), b.lanes()], [[...'pqr'], ['s']]);
      await settle([a, b], T0 + 1);
      assert.deepEqual([a.lanes(), b.lanes()], [[...'pq'], [...'rs']]);
      await b.claim(T0 + 1 + LEASE);
      assert.deepEqual(b.lanes(), [...'qrs']);
    });

    test('on lanes that its configuration has no more are given back one by one', async () => {
      const a = await start('a', 'pq');
      const { leases } = await a.claim(T0);
      const left = { replica: 'a', lanes: [], leaseMs: LEASE };
      const claimed = await outbox.claimLanes({ ...left, holding: leases, at: T0 + 1 });
      assert.deepEqual(claimed, { leases, surplus: 'p', replicas: 1 });
      const last = leases.filter(({ lane }) => lane === 'q');
      await outbox.releaseLanes({ replica: 'a', lanes: ['p'], at: T0 + 2 });
      assert.deepEqual(await outbox.claimLanes({ ...left, holding: last, at: T0 + 2 }), {
        leases: last,
        surplus: 'q',
        replicas: 1,
      });
    });

    test('of others say when the next of them may be free; one’s own, and those that are over, do not', async () => {
      const [a, b, c] = [await start('a', 'p'), await start('b', 'q'), await start('c', 'r')];
      await a.claim(T0);
      assert.equal((await b.claim(T0 + 5)).nextFreeAt, T0 + LEASE);
      assert.equal((await c.claim(T0 + 9)).nextFreeAt, T0 + LEASE);
      assert.equal((await c.claim(T0 + LEASE)).nextFreeAt, T0 + 5 + LEASE);
      assert.equal((await c.claim(T0 + 5 + LEASE)).nextFreeAt, undefined);
    });

    test('that are given back can be claimed at once, and their holder still counts', async () => {
      const [a, b] = [await start('a', 2), await start('b', 2)];
      await a.claim(T0);
      await b.release(T0 + 1, ['p', 'q']);
      assert.deepEqual((await b.claim(T0 + 1)).leases, [], 'nobody gives back what is another’s');
      await a.release(T0 + 1, ['q']);
      assert.deepEqual([(await b.claim(T0 + 1)).replicas, b.lanes()], [2, ['q']]);
      assert.deepEqual([(await a.claim(T0 + 2)).replicas, a.lanes()], [2, ['p']]);
    });

    test('are all given back by one that goes, and it counts no more', async () => {
      const [a, b] = [await start('a'), await start('b')];
      await a.claim(T0);
      await b.claim(T0);
      await a.release(T0 + 1);
      assert.deepEqual([(await b.claim(T0 + 1)).replicas, b.lanes()], [1, [...'pqrstuv']]);
    });

    test('of a silent holder end within the longest lease after the clock was set back', async () => {
      const [a, b] = [await start('a'), await start('b')];
      await a.claim(T0);
      const back = T0 - 3_600_000;
      assert.equal((await b.claim(back)).nextFreeAt, back + LONGEST_LEASE_MS);
      await b.claim(back + LONGEST_LEASE_MS);
      assert.deepEqual(b.lanes(), [...'pqrstuv']);
    });

    test('of a replica that was alone end within the longest lease once others share the store', async () => {
      await outbox.registerLanes(LANES);
      await outbox.claimLanes({ replica: 'alone', lanes: LANES, holding: [], at: T0 });
      const a = await start('a');
      await a.claim(T0);
      assert.equal((await a.claim(T0 + LONGEST_LEASE_MS)).replicas, 1);
      assert.deepEqual(a.lanes(), [...'pqrstuv']);
    });

    test('outlive a restart of the store', async () => {
      const { leases } = await (await start('a')).claim(T0);
      outbox = await engine.reopen();
      const [again, other] = [await start('a'), await start('b')];
      assert.deepEqual((await other.claim(T0 + 1)).leases, []);
      assert.deepEqual((await again.claim(T0 + 1, leases)).leases, leases);
    });
  });
}

/** The leases' epochs by lane, or what they will be after some more changes of hands. */
function epochsOf(leases: readonly Lease[], later = 0): Record<string, number> {
  return Object.fromEntries(leases.map(({ lane, epoch }) => [lane, epoch + later]));
}
