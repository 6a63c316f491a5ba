/**
 * The outbox's operations over random histories: notifications, messages of any size, every kind of settlement, holds, expiry, hand-over,
 * dead letters, kills between the steps, clocks that jump. After each step the books must balance, and at the end every event was told
 * or is a dead letter, the states of each alert in their order. outbox-world.ts plays the steps, outbox-books.ts keeps the books.
 */
import { test } from 'node:test';
import fc from 'fast-check';
import { createWorld, type Step } from './outbox-world.ts';
import { ENDS } from './outbox-world-ends.ts';

const LANE = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('arrive' as const),
      alerts: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 6, size: 'max' }),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      lane: LANE,
      take: fc.integer({ min: 1, max: 8 }),
      ends: fc.constantFrom(...ENDS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), mended: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('unseal' as const), lane: LANE }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const), lane: LANE, rank: fc.nat(1) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('handOver' as const),
      ranks: fc.subarray([0, 1], { minLength: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('letter' as const),
      pick: fc.nat(20),
      fate: fc.constantFrom('revive' as const, 'drop' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'prune' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      jumpMs: fc.integer({ min: -7_200_000, max: 7_200_000 }),
    }),
  },
);

test('no event is lost, told twice or overtaken by a later state, whatever happens in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), async (history) => {
      const world = await createWorld();
      try {
        for (const next of history) await world.play(next);
        await world.drain();
      } finally {
        await world.close();
      }
    }),
    { numRuns: 50 },
  );
});
