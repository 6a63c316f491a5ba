import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { paceAt } from './pace.ts';

const PACE = { starts: 3, windowMs: 1000 };

describe('paceAt', () => {
  const table: {
    name: string;
    starts: number[];
    now: number;
    free: number;
    spent: number;
    nextAt: number;
  }[] = [
    { name: 'all starts are free at first', starts: [], now: 5000, free: 3, spent: 0, nextAt: 5000 },
    {
      name: 'starts within the window count',
      starts: [4100, 4900],
      now: 5000,
      free: 1,
      spent: 2,
      nextAt: 5000,
    },
    {
      name: 'a start exactly one window ago no longer counts',
      starts: [4000, 4500],
      now: 5000,
      free: 2,
      spent: 1,
      nextAt: 5000,
    },
    {
      name: 'a full window is free again when its first start leaves',
      starts: [4100, 4200, 4300],
      now: 5000,
      free: 0,
      spent: 3,
      nextAt: 5100,
    },
    {
      name: 'an overfull window waits until one start fits',
      starts: [4100, 4200, 4300, 4400],
      now: 5000,
      free: 0,
      spent: 4,
      nextAt: 5200,
    },
    {
      name: 'starts in the future count as now',
      starts: [9000, 9000, 9000],
      now: 5000,
      free: 0,
      spent: 3,
      nextAt: 6000,
    },
  ];
  for (const { name, starts, now, free, spent, nextAt } of table) {
    test(name, () =>
      assert.deepEqual(paceAt(PACE, starts, now), { freeStarts: free, spentStarts: spent, nextAt }),
    );
  }

  test('without a pace, everything is free', () => {
    assert.deepEqual(paceAt(undefined, [1, 2, 3], 5), {
      freeStarts: Number.POSITIVE_INFINITY,
      spentStarts: 0,
      nextAt: 5,
    });
  });

  test('whoever obeys it never starts more than allowed in any window, and is never held longer than one', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(gaps, (waits) => {
        const starts: number[] = [];
        let now = 0;
        for (const wait of waits) {
          now += wait;
          const { freeStarts, nextAt } = paceAt(PACE, starts, now);
          if (freeStarts === 0 && (nextAt <= now || nextAt > now + PACE.windowMs)) return false;
          now = nextAt;
          if (paceAt(PACE, starts, now).freeStarts === 0) return false;
          starts.push(now);
        }
        return starts.every((start, index) => {
          const fourth = starts[index + PACE.starts];
          return fourth === undefined || fourth - start >= PACE.windowMs;
        });
      }),
    );
  });
});
