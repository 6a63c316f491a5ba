import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffMs } from './backoff.ts';

const backoffs = fc
  .record({ firstMs: fc.integer({ min: 1, max: 600_000 }), factor: fc.integer({ min: 1, max: 1_000 }) })
  .map(({ firstMs, factor }) => ({ firstMs, mostMs: firstMs * factor }));
const randoms = fc.double({ min: 0, max: 1, noNaN: true });

test('a wait is never longer than the most and never shorter than half the first, after any number of failures', () => {
  fc.assert(
    fc.property(backoffs, fc.nat(), randoms, (backoff, failures, random) => {
      const ms = backoffMs(backoff, failures, random);
      assert.ok(
        Number.isInteger(ms) && ms >= Math.round(backoff.firstMs / 2) && ms <= backoff.mostMs,
        `${ms} ms`,
      );
    }),
  );
});

test('the wait never becomes shorter with one more failure', () => {
  fc.assert(
    fc.property(backoffs, fc.nat(100), randoms, (backoff, failures, random) => {
      assert.ok(backoffMs(backoff, failures + 1, random) >= backoffMs(backoff, failures, random));
    }),
  );
});
