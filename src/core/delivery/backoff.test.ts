import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffMs } from './backoff.ts';

const BACKOFF = { firstMs: 1000, mostMs: 300_000 };

test('doubles with each failure, up to the most', () => {
  const waits = [1, 2, 3, 4, 9, 10, 1000].map((failures) => backoffMs(BACKOFF, failures, 1));
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 256_000, 300_000, 300_000]);
});

test('spreads over the upper half of the wait', () => {
  assert.equal(backoffMs(BACKOFF, 2, 0), 1000);
  assert.equal(backoffMs(BACKOFF, 2, 0.5), 1500);
});

test('is never below half of the first nor above the most, whatever it is given', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, random) => {
        const wait = backoffMs(BACKOFF, failures, random);
        return wait >= BACKOFF.firstMs / 2 && wait <= BACKOFF.mostMs && Number.isInteger(wait);
      },
    ),
  );
});
