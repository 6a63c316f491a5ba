import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, rotated } from './statistics.ts';

const medians: readonly { name: string; values: readonly number[]; expected: number }[] = [
  { name: 'nothing', values: [], expected: Number.NaN },
  { name: 'one value', values: [7], expected: 7 },
  { name: 'an odd number of values', values: [30, 4, 200], expected: 30 },
  { name: 'an even number of values', values: [30, 4, 200, 10], expected: 20 },
];
for (const { name, values, expected } of medians) {
  test(`the median of ${name}`, () => assert.equal(median(values), expected));
}

const HUNDRED = Array.from({ length: 100 }, (_, index) => 100 - index);
const percentiles: readonly { percent: number; values: readonly number[]; expected: number }[] = [
  { percent: 99, values: HUNDRED, expected: 99 },
  { percent: 50, values: HUNDRED, expected: 50 },
  { percent: 100, values: HUNDRED, expected: 100 },
  { percent: 0, values: HUNDRED, expected: 1 },
  { percent: 99, values: [3, 1, 2], expected: 3 },
  { percent: 99, values: [], expected: Number.NaN },
];
for (const { percent, values, expected } of percentiles) {
  test(`${percent} % of ${values.length} values are at most ${expected}`, () =>
    assert.equal(percentile(values, percent), expected));
}

test('neither changes what it is given', () => {
  const values = [3, 1, 2];
  median(values);
  percentile(values, 50);
  assert.deepEqual(values, [3, 1, 2]);
});

test('each element leads some round', () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join('')),
    ['abc', 'bca', 'cab', 'abc'],
  );
  assert.deepEqual(rotated([], 2), []);
});
