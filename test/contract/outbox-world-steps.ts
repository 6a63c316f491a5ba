/** What may happen in a random history, and how often each. */
import fc from 'fast-check';
import type { Step } from './outbox-world.ts';
import { ENDS } from './outbox-world-ends.ts';
import { LATE_ACTS } from './outbox-world-leases.ts';

const LANE = fc.nat(1);
/** One step. */
export const step: fc.Arbitrary<Step> = fc.oneof(
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
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('takeOver' as const), mended: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('late' as const),
      pick: fc.nat(20),
      act: fc.constantFrom(...LATE_ACTS),
    }),
  },
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
