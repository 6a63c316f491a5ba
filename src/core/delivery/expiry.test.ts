import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiredBefore } from './expiry.ts';

const AT = 1_000_000;

test('each severity expires by its own age, and those without one never', () => {
  const expired = expiredBefore({ warning: 500, info: 100 }, { oldestAt: AT - 501, at: AT });
  assert.deepEqual(expired, [
    { rank: 2, before: AT - 500 },
    { rank: 4, before: AT - 100 },
  ]);
});

test('nothing is looked for that cannot be there', () => {
  assert.deepEqual(expiredBefore({ warning: 500, info: 100 }, { oldestAt: AT - 101, at: AT }), [
    { rank: 4, before: AT - 100 },
  ]);
  assert.deepEqual(expiredBefore({ warning: 500 }, { oldestAt: undefined, at: AT }), []);
  assert.deepEqual(expiredBefore({}, { oldestAt: 0, at: AT }), []);
});

test('0 is never', () => {
  assert.deepEqual(expiredBefore({ critical: 0 }, { oldestAt: 0, at: AT }), []);
});
