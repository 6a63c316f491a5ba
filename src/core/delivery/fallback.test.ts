import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Trouble } from '../outbox/contract.ts';
import { canHandOver, fallbackAt, standInOf } from './fallback.ts';

const FALLBACK = {
  sink: 'pager',
  afterMs: 300,
  severities: ['critical', 'info'],
  tellTwice: false,
} as const;
const TROUBLE: Trouble = { cause: 'outage', since: 1000, failures: 1, retryAt: 0 };

describe('a fallback is told', () => {
  const rows = [
    { name: 'once the trouble has lasted for so long', trouble: TROUBLE, waiting: 1, at: 1300 },
    { name: 'of nothing while nothing waits', trouble: TROUBLE, waiting: 0, at: undefined },
    { name: 'of nothing without trouble', trouble: undefined, waiting: 1, at: undefined },
    {
      name: 'of nothing once it is over',
      trouble: { ...TROUBLE, endedAt: 1100 },
      waiting: 1,
      at: undefined,
    },
  ];
  for (const { name, trouble, waiting, at } of rows) {
    test(name, () => assert.equal(fallbackAt(FALLBACK, { trouble, waiting }), at));
  }

  test('of its severities only', () =>
    assert.deepEqual(standInOf(FALLBACK), { to: 'pager', ranks: [0, 4], tellTwice: false }));

  test('while the lane waits for its channel, not while it waits for its pace', () => {
    assert.deepEqual(
      (['hold', 'retry', 'pace', 'empty'] as const).map((why) => canHandOver(why, { setAside: undefined })),
      [true, true, false, false],
    );
  });

  test('while only what is set aside is left', () => {
    const setAside = {};
    assert.equal(canHandOver('empty', { setAside }), true);
    assert.equal(canHandOver('pace', { setAside }), false);
  });
});
