import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Budget } from '../plugin/contract.ts';
import { budgetsOf, forecastCalls, monthKey, monthStands, thriftAt, warningAt } from './month.ts';

const BUDGET: Budget = { organization: 'acme', callsPerMonth: 3000, utcOffsetMs: 8 * 3_600_000 };
/** Midnight of the first in China, so many days of 30 later. */
const day = (days: number): number => Date.parse('2026-10-31T16:00:00Z') + days * 86_400_000;

describe('the month', () => {
  test('turns by the clock of the vendor, not by ours', () => {
    assert.equal(monthKey(BUDGET, day(0) - 1), 'acme 2026-10');
    assert.equal(monthKey(BUDGET, day(0)), 'acme 2026-11');
    assert.equal(monthKey({ ...BUDGET, utcOffsetMs: 0 }, day(0)), 'acme 2026-10');
  });

  const forecasts = [
    { name: 'goes on as it did', calls: 500, at: day(10), forecast: 1500 },
    { name: 'is what there was at its end', calls: 500, at: day(30) - 1, forecast: 500 },
    { name: 'has none without any', calls: 0, at: day(0), forecast: 0 },
  ];
  for (const { name, calls, at, forecast } of forecasts) {
    test(`is forecast: it ${name}`, () => {
      assert.equal(Math.round(forecastCalls(BUDGET, { calls, at })), forecast);
    });
  }

  test('does not take its first minutes for the rest of it', () => {
    assert.ok(forecastCalls(BUDGET, { calls: 3, at: day(0) + 1 }) <= 3 * 720);
  });
});

describe('calls need not be saved', () => {
  const rows = [
    { name: 'at the beginning', calls: 0, at: day(0) },
    { name: 'while they go as the month goes', calls: 1500, at: day(15) },
    { name: 'for a tenth more', calls: 1600, at: day(15) },
    { name: 'in the last hour, with a few left', calls: 2990, at: day(30) - 1000 },
  ];
  for (const { name, calls, at } of rows) {
    test(name, () => assert.equal(thriftAt(BUDGET, { calls, at }), 0));
  }
});

describe('calls must be saved', () => {
  const rows = [
    { name: 'the more, the sooner they go', calls: 2250, at: day(15), thrift: 0.44 },
    { name: 'altogether when none is left', calls: 3000, at: day(29), thrift: 1 },
    { name: 'altogether beyond that', calls: 9000, at: day(2), thrift: 1 },
  ];
  for (const { name, calls, at, thrift } of rows) {
    test(name, () => assert.equal(Math.round(thriftAt(BUDGET, { calls, at }) * 100) / 100, thrift));
  }
});

test('each of 70, 90 and 100 percent is reached with one call and no other', () => {
  const reached = Array.from({ length: 3200 }, (_, calls) => [calls, warningAt(BUDGET, calls)] as const);
  assert.deepEqual(
    reached.filter(([, percent]) => percent !== undefined),
    [
      [2100, 70],
      [2700, 90],
      [3000, 100],
    ],
  );
});

test('sinks of one organization have one budget: the smallest that any of them names', () => {
  const budget = (organization: string, callsPerMonth: number) => ({
    eventsPerMessage: 1,
    budget: { ...BUDGET, organization, callsPerMonth },
  });
  const budgets = budgetsOf([{ eventsPerMessage: 1 }, budget('a', 9), budget('b', 5), budget('a', 7)]);
  assert.deepEqual(
    budgets.map(({ organization, callsPerMonth }) => [organization, callsPerMonth]),
    [
      ['a', 7],
      ['b', 5],
    ],
  );
});

test('a month stands at what was counted in it, and at nothing if nobody counted', () => {
  const other = { ...BUDGET, organization: 'other' };
  assert.deepEqual(monthStands([BUDGET, other], { counted: new Map([['acme 2026-11', 100]]), at: day(10) }), [
    { organization: 'acme', calls: 100, allowed: 3000, forecast: 300 },
    { organization: 'other', calls: 0, allowed: 3000, forecast: 0 },
  ]);
});
