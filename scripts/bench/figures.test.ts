import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, atMost, createFigures, type FigureKey, type Goal, isReached } from './figures.ts';

const KEY: FigureKey = { measure: 'scale', setting: '1,000', figure: 'append', subject: 'it', unit: 'µs' };

test('keeps the values of a figure together, and the figures in the order in which they came', () => {
  const figures = createFigures();
  figures.add(KEY, 1);
  figures.add({ ...KEY, subject: 'another' }, 5);
  figures.add(KEY, 2);
  assert.deepEqual(figures.all(), [
    { ...KEY, values: [1, 2] },
    { ...KEY, subject: 'another', values: [5] },
  ]);
});

const rows: readonly {
  name: string;
  goal?: Goal;
  values: readonly number[];
  expected: boolean | undefined;
}[] = [
  { name: 'no goal', values: [1], expected: undefined },
  { name: 'just enough', goal: atLeast(5), values: [1, 5, 9], expected: true },
  { name: 'too little', goal: atLeast(5), values: [4.9], expected: false },
  { name: 'just not too much', goal: atMost(5), values: [5], expected: true },
  { name: 'too much', goal: atMost(5), values: [1, 6, 7], expected: false },
  { name: 'what could not be measured', goal: atMost(5), values: [Number.NaN], expected: false },
];
for (const { name, goal, values, expected } of rows) {
  test(`judges ${name}`, () =>
    assert.equal(isReached({ values, ...(goal === undefined ? {} : { goal }) }), expected));
}
