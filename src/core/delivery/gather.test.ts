import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Gathering, leaveAt } from './gather.ts';

const CONFIG = { gatherMs: 10_000, gatherCriticalMs: 2_000 };
const SCARCE: Gathering = {
  pace: { credential: 'c', starts: 18, windowMs: 65_000 },
  spentStarts: 6,
  open: true,
  oldestAt: 1000,
  rank: 2,
};

describe('a composed message', () => {
  const rows: { name: string; given: Partial<Gathering>; at: number }[] = [
    {
      name: 'waits for more, ten seconds from its oldest event, once a third of the starts is spent',
      given: {},
      at: 11_000,
    },
    { name: 'waits only two seconds when a critical event leads it', given: { rank: 0 }, at: 3_000 },
    { name: 'leaves at once when nothing more would fit', given: { open: false }, at: 1000 },
    { name: 'leaves at once while starts are plenty', given: { spentStarts: 5 }, at: 1000 },
    { name: 'leaves at once where there is no pace', given: { pace: undefined }, at: 1000 },
  ];
  for (const { name, given, at } of rows) {
    test(name, () => assert.equal(leaveAt({ ...SCARCE, ...given }, CONFIG), at));
  }

  test('is never kept back when that is switched off', () => {
    assert.equal(leaveAt(SCARCE, { gatherMs: 0, gatherCriticalMs: 0 }), 1000);
  });
});
