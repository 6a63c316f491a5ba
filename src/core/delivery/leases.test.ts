/** Leases as the workers of lanes see them, over a real outbox; the test moves the clocks. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../clock.ts';
import { openSqliteOutbox } from '../outbox/sqlite/engine.ts';
import type { LaneLease } from './lane-lease.ts';
import { createLeases, type Leases } from './leases.ts';

const T0 = 1_800_000_000_000;
const LEASE = 10_000;
const OPS = { name: 'ops', plugin: 'console', paceKeys: ['k'], configHash: 'c' };

interface Held {
  readonly leases: Leases;
  readonly lease: LaneLease;
  readonly lost: string[];
  /** Moves the monotonic clock and the machine's by so much; nobody who waits is woken. */
  pass(times: { readonly elapsed?: number; readonly wall?: number }): void;
}

async function hold(t: TestContext): Promise<Held> {
  const folder = await mkdtemp(join(tmpdir(), 'notifierd-leases-'));
  const outbox = await openSqliteOutbox({ file: join(folder, 'outbox.db') });
  await outbox.registerLanes([OPS]);
  let [elapsed, wall] = [0, T0];
  const clock = {
    now: () => T0 + elapsed,
    elapsed: () => elapsed,
    wait: (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) =>
        signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
      ),
    after: () => () => undefined,
  };
  const given: LaneLease[] = [];
  const lost: string[] = [];
  const leases = createLeases({
    replica: 'this one',
    lanes: [OPS],
    leaseMs: LEASE,
    outbox,
    clock,
    machine: { ...systemClock, now: () => wall },
    observer: { lanesHeld: () => undefined, leaseLost: (lane) => lost.push(lane), claimFailed: assert.fail },
    createLane(_, lease) {
      given.push(lease);
      const ended = async () => undefined;
      return { start: () => undefined, wake: () => undefined, stop: ended, ended };
    },
    random: () => 0.5,
  });
  await leases.start();
  t.after(async () => {
    await leases.stop(0);
    await outbox.close();
    await rm(folder, { recursive: true });
  });
  return {
    leases,
    lease: given[0] ?? assert.fail('no lane was taken'),
    lost,
    pass(times) {
      elapsed += times.elapsed ?? 0;
      wall += times.wall ?? 0;
    },
  };
}

test('a send may begin until four fifths of the lease have passed on the monotonic clock', async (t) => {
  const { lease, pass } = await hold(t);
  pass({ elapsed: 7_999 });
  assert.equal(lease.isSure(), true);
  pass({ elapsed: 1 });
  assert.equal(lease.isSure(), false);
});

test('a machine that slept without counting the time may not send either', async (t) => {
  const { lease, pass } = await hold(t);
  pass({ wall: 7_999 });
  assert.equal(lease.isSure(), true);
  pass({ wall: 1 });
  assert.equal(lease.isSure(), false);
});

test('a lease that the outbox calls over is over at once, and told once', async (t) => {
  const { lease, lost } = await hold(t);
  lease.lost();
  lease.lost();
  assert.equal(lease.isSure(), false);
  assert.equal(lease.over.aborted, true);
  assert.deepEqual(lost, ['ops']);
});
