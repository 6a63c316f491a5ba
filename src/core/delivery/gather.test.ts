import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Gathering, leaveAt } from './gather.ts';

const CONFIG = { gatherMs: 10_000, gatherCriticalMs: 2_000 };
const PACE = { credential: 'c', starts: 18, windowMs: 65_000 };
const START = 1_000_000;
/** So many starts, one a second. */
const started = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => START + index * 1000);
const SCARCE: Gathering = {
  pace: PACE,
  starts: started(6),
  freeStarts: 12,
  open: true,
  oldestAt: 1000,
  rank: 2,
  lastCriticalAt: undefined,
  thrift: 0,
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
    { name: 'leaves at once while starts are plenty', given: { starts: started(5) }, at: 1000 },
    {
      name: 'waits the longer the more the calls of the month must be saved, whatever the minute leaves',
      given: { thrift: 1, starts: [] },
      at: 61_000,
    },
    {
      name: 'waits two seconds for a critical event also when calls must be saved',
      given: { thrift: 1, rank: 0 },
      at: 3_000,
    },
    { name: 'leaves at once where there is no pace', given: { pace: undefined }, at: 1000 },
  ];
  for (const { name, given, at } of rows) {
    test(name, () => assert.equal(leaveAt({ ...SCARCE, ...given }, CONFIG), at));
  }

  test('is never kept back when that is switched off', () => {
    assert.equal(leaveAt(SCARCE, { gatherMs: 0, gatherCriticalMs: 0 }), 1000);
  });
});

describe('while critical events keep coming', () => {
  const HALF: Gathering = { ...SCARCE, open: false, starts: started(9), freeStarts: 9, oldestAt: START };
  const last = START + 8000;
  const lastCriticalAt = START + 5000;
  const distance = (START + 65_000 - last) / 10;
  const rows: { name: string; given: Partial<Gathering>; at: number }[] = [
    {
      name: 'the starts that are left are spread over the window',
      given: { rank: 0, lastCriticalAt },
      at: lastCriticalAt + distance,
    },
    {
      name: 'lesser events keep their distance from any start',
      given: { lastCriticalAt },
      at: last + distance,
    },
    { name: 'the first critical event does not wait', given: { rank: 0 }, at: START },
    {
      name: 'nothing is spread before half of the starts are spent',
      given: { lastCriticalAt, starts: started(8) },
      at: START,
    },
    { name: 'lesser storms are not spread', given: {}, at: START },
    {
      name: 'a critical event that has left the window no longer counts',
      given: { lastCriticalAt: START - 1 },
      at: START,
    },
  ];
  for (const { name, given, at } of rows) {
    test(name, () => assert.equal(leaveAt({ ...HALF, ...given }, CONFIG), at));
  }
});
