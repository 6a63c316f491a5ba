/**
 * What the outbox contract promises of a lease that is over: nothing begins under it, whatever the reason, and its new holder is not
 * disturbed. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Lease } from '../../src/core/outbox/contract.ts';
import { createReplica, type Replica } from './lease-steps.ts';
import { T0, UNREACHABLE } from './outbox-endings.ts';
import { laneOf, type OutboxEngine, type OutboxSteps, useOutbox } from './outbox-steps.ts';

/** How long the leases of these cases last, and how long their holder may begin anything. */
const LEASE = 30_000;
const SURE = 27_000;
const LANES = [laneOf('ops'), laneOf('backup')];

/** Runs the cases of leases that are over on one engine. */
export function describeFence(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`what is begun under a lease that is over, in the outbox on ${name}, is refused and changes nothing:`, () => {
    let first: Replica;
    const steps = useOutbox(open, LANES, async (outbox, lanes, at) => {
      first = await createReplica(outbox, 'first', { lanes, leaseMs: LEASE });
      await first.claim(at);
      return first.leaseOf;
    });
    const { add, end, standing, start } = steps;

    for (const { what, act } of FENCED) {
      test(what, async () => {
        await add({ alerts: ['a', 'b'] });
        const started = await start('ops');
        await end('ops', started, UNREACHABLE);
        const lease = first.leaseOf('ops');
        const refused = async (at: number, why: string): Promise<void> => {
          const before = await standing();
          const attempt = act(steps, { lease, message: started.message.ref, at });
          await assert.rejects(attempt, { code: 'lease_lost', lane: 'ops' }, why);
          assert.deepEqual(await standing(), before, why);
        };
        await refused(T0 + SURE, 'the lease has run out, nobody has taken the lane');
        await first.claim(T0 + SURE);
        await first.release(T0 + SURE, ['ops']);
        await refused(T0 + SURE, 'the lane was given back');
        const second = await createReplica(steps.outbox, 'second', { lanes: LANES, leaseMs: LEASE });
        await second.claim(T0 + SURE);
        await refused(T0 + SURE, 'another has taken the lane');

        const before = await standing();
        const message = started.message.ref;
        await act(steps, { lease: second.leaseOf('ops'), message, at: T0 + 2 * SURE - 1 });
        assert.notDeepEqual(await standing(), before, 'its new holder may do it, up to the last moment');
      });
    }
  });
}

/** All that is promised to be refused without a lease. */
const FENCED: readonly {
  readonly what: string;
  readonly act: (steps: OutboxSteps, on: Under) => Promise<unknown>;
}[] = [
  {
    what: 'seal()',
    async act({ outbox, credential }, { lease, at }) {
      const { paceKey, paceMark } = await credential(lease.lane, undefined, at);
      const { events, mends } = await outbox.page({ lane: lease.lane, maxEvents: 1, maxBytes: 1 });
      const covers = events.map((event) => event.place);
      const composed = { id: randomUUID(), form: 'text', body: '', mends, covers, expiredTold: 0 };
      return await outbox.seal({ ...lease, ...composed, under: { paceKey, paceMark }, at });
    },
  },
  {
    what: 'begin()',
    async act({ outbox, credential }, { lease, message, at }) {
      const { paceKey, paceMark } = await credential(lease.lane, undefined, at);
      return await outbox.begin({ ...lease, message, under: { paceKey, paceMark }, at });
    },
  },
  {
    what: 'unseal()',
    act: async ({ outbox }, { lease, message, at }) => await outbox.unseal({ ...lease, message, at }),
  },
  {
    what: 'expire()',
    act: async ({ outbox }, { lease, at }) =>
      await outbox.expire({ ...lease, rank: 2, before: at, id: randomUUID(), at }),
  },
  {
    what: 'handOver()',
    act: async ({ outbox }, { lease, at }) =>
      await outbox.handOver({ ...lease, to: 'backup', ranks: [2], tellTwice: false, at }),
  },
];

interface Under {
  readonly lease: Lease;
  readonly message: number;
  readonly at: number;
}
