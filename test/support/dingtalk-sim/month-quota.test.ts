import assert from 'node:assert/strict';
import test from 'node:test';
import { countCall, isMonthUsedUp, NO_CALLS } from './month-quota.ts';

const LATE_NOVEMBER = Date.parse('2026-11-30T15:59:59Z');
const DECEMBER_IN_CHINA = Date.parse('2026-11-30T16:00:00Z');

test('is used up once as many calls came as the quota has', () => {
  const one = countCall(NO_CALLS, LATE_NOVEMBER);
  assert.equal(isMonthUsedUp(one, LATE_NOVEMBER, 2), false);
  assert.equal(isMonthUsedUp(countCall(one, LATE_NOVEMBER), LATE_NOVEMBER, 2), true);
});

test("begins anew with the month of China's time", () => {
  const one = countCall(NO_CALLS, LATE_NOVEMBER);
  assert.equal(isMonthUsedUp(one, DECEMBER_IN_CHINA, 1), false);
  assert.deepEqual(countCall(one, DECEMBER_IN_CHINA), { month: '2026-12', count: 1 });
});

test('has no end without a quota', () => {
  assert.equal(isMonthUsedUp({ month: '2026-11', count: 9_999 }, LATE_NOVEMBER, null), false);
});
