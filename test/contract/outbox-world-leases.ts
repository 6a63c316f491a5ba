/**
 * The replicas of a random history: one of the two holds both lanes and is heard of with every step; when it falls silent the other
 * takes over. What the one that lost its leases still has in hand comes too late, and must change nothing.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { LaneSetup, Lease, Started } from '../../src/core/outbox/contract.ts';
import { expire } from '../../src/core/outbox/operations/expire.ts';
import { handOver } from '../../src/core/outbox/operations/hand-over.ts';
import { registerLanes } from '../../src/core/outbox/operations/lanes.ts';
import { claimLanes, releaseLanes } from '../../src/core/outbox/operations/leases.ts';
import { page } from '../../src/core/outbox/operations/page.ts';
import { begin, seal } from '../../src/core/outbox/operations/seal.ts';
import { settle } from '../../src/core/outbox/operations/settle.ts';
import { view } from '../../src/core/outbox/operations/view.ts';
import { unseal } from '../../src/core/outbox/operations/void.ts';
import type { OutboxTables } from '../../src/core/outbox/schema.ts';
import { LANES } from './outbox-books.ts';
import { readTables } from './outbox-tables.ts';
import { STEP_MS } from './outbox-world-ends.ts';

/** How long the replicas' leases last. */
export const LEASE_MS = 10 * STEP_MS;

/** What a worker may do that does not know yet that its lease is over. */
export type LateAct = (typeof LATE_ACTS)[number];
export const LATE_ACTS = ['seal', 'begin', 'unseal', 'expire', 'handOver', 'settle'] as const;

/** A lease that is over, and the attempt that was under way in its lane. */
export interface LostLease {
  readonly lease: Lease;
  readonly running: Started | undefined;
}

/** Two replicas, of which the first holds all lanes. */
export async function createReplicas(db: Kysely<OutboxTables>, start: number) {
  let holder = 'first';
  let configHash = 'c0';
  let claimedAt = start;
  const leases = new Map<string, Lease>();
  await registerLanes(db, setups());
  await claim([], start);

  function setups(): LaneSetup[] {
    const own = holder === 'first' ? 'spare' : 'reserve';
    return [
      { name: 'ops', plugin: 'p', paceKeys: ['shared', own], configHash },
      { name: 'other', plugin: 'p', paceKeys: ['shared'], configHash },
    ];
  }

  /** The leases that are over with it. */
  async function claim(holding: readonly Lease[], at: number): Promise<Lease[]> {
    const request = { replica: holder, lanes: setups(), holding, leaseMs: LEASE_MS, at };
    const claimed = await claimLanes(db, request);
    assert.deepEqual(claimed.leases.map(({ lane }) => lane).sort(), LANES, 'who is at work holds all lanes');
    const isKept = holding.length > 0 && at < claimedAt + LEASE_MS;
    claimedAt = at;
    const over = [...leases.values()];
    for (const lease of claimed.leases) {
      const before = leases.get(lease.lane)?.epoch ?? 0;
      assert.equal(lease.epoch, isKept ? before : before + 1, `the epoch of ${lease.lane}`);
      leases.set(lease.lane, lease);
    }
    return isKept ? [] : over;
  }

  return {
    leaseOf: (lane: string): Lease => leases.get(lane) ?? assert.fail(`no lease on ${lane}`),
    /** The holder is heard of; after a leap of the clock that may be too late. */
    renew: async (at: number): Promise<Lease[]> => await claim([...leases.values()], at),
    /** The holder was killed and is back. */
    restart: async (at: number, { mended }: { readonly mended: boolean }): Promise<Lease[]> => {
      if (mended) configHash += '+';
      return await claim([], at);
    },
    /** The holder has been silent for as long as its leases last. */
    takeOver: async (at: number, { mended }: { readonly mended: boolean }): Promise<Lease[]> => {
      const silent = holder;
      holder = holder === 'first' ? 'second' : 'first';
      if (mended) configHash += '+';
      const over = await claim([], at);
      // It has learnt that its lanes are gone. Its workers have not.
      await releaseLanes(db, { replica: silent, at });
      return over;
    },
  };
}

/** Somebody acts under a lease that is over: it is refused, or counts for nothing. */
export async function actLate(
  db: Kysely<OutboxTables>,
  { lease, running }: LostLease,
  { act, at }: { readonly act: LateAct; readonly at: number },
): Promise<void> {
  const before = await readTables(db);
  if (act === 'settle') {
    if (running === undefined) return;
    assert.deepEqual(await settleLate(db, lease, { running, at }), { events: 0, received: [] });
  } else {
    await assert.rejects(tryUnder(db, lease, { act, at }), { code: 'lease_lost', lane: lease.lane });
  }
  assert.deepEqual(await readTables(db), before, `a late ${act} changes nothing`);
}

async function settleLate(
  db: Kysely<OutboxTables>,
  { lane }: Lease,
  { running: { attempt, message }, at }: { readonly running: Started; readonly at: number },
) {
  const settlement = { message: { kind: 'delivered' } } as const;
  const ended = { outcome: 'delivered', reason: 'ok', detail: '', settlement } as const;
  return await settle(db, { lane, attempt, message: message.ref, ...ended, at });
}

/** All is as a holder would have it, but for the lease. */
async function tryUnder(
  db: Kysely<OutboxTables>,
  lease: Lease,
  { act, at }: { readonly act: Exclude<LateAct, 'settle'>; readonly at: number },
): Promise<unknown> {
  const { lane } = lease;
  const { credentials, current } = await view(db, { lane, at });
  const { paceKey, paceMark } = credentials[0] ?? assert.fail();
  const under = { paceKey, paceMark };
  const message = current?.ref ?? 0;
  switch (act) {
    case 'seal': {
      const { events, mends } = await page(db, { lane, maxEvents: 3, maxBytes: 1e6 });
      const covers = events.map((event) => event.place);
      const composed = { id: randomUUID(), form: 'f', body: '', mends, covers, expiredTold: 0 };
      return await seal(db, { ...lease, ...composed, under, at });
    }
    case 'begin':
      return await begin(db, { ...lease, message, under, at });
    case 'unseal':
      return await unseal(db, { ...lease, message, at });
    case 'expire':
      return await expire(db, { ...lease, rank: 0, before: at, id: randomUUID(), at });
    case 'handOver':
      return await handOver(db, { ...lease, to: 'other', ranks: [0, 1], tellTwice: false, at });
    default:
      return act satisfies never;
  }
}
