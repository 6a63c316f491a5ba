import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inChunks, inPaddedChunks } from './rows.ts';

for (const { count, sizes } of [
  { count: 0, sizes: [] },
  { count: 1, sizes: [1] },
  { count: 3, sizes: [2, 1] },
  { count: 64, sizes: [64] },
  { count: 100, sizes: [64, 32, 4] },
  { count: 191, sizes: [64, 64, 32, 16, 8, 4, 2, 1] },
]) {
  test(`cuts ${count} rows into ${sizes.length === 0 ? 'nothing' : `chunks of ${sizes.join(', ')}`}, in their order`, () => {
    const rows = Array.from({ length: count }, (_, index) => index);
    const chunks = [...inChunks(rows)];
    assert.deepEqual(
      chunks.map((chunk) => chunk.length),
      sizes,
    );
    assert.deepEqual(chunks.flat(), rows);
  });
}

for (const { count, sizes } of [
  { count: 0, sizes: [] },
  { count: 1, sizes: [1] },
  { count: 5, sizes: [8] },
  { count: 64, sizes: [64] },
  { count: 67, sizes: [64, 4] },
]) {
  test(`looks for ${count} values in ${sizes.length === 0 ? 'nothing' : `chunks of ${sizes.join(', ')}`}, and for no others`, () => {
    const values = Array.from({ length: count }, (_, index) => index);
    const chunks = [...inPaddedChunks(values)];
    assert.deepEqual(
      chunks.map((chunk) => chunk.length),
      sizes,
    );
    assert.deepEqual([...new Set(chunks.flat())], values);
  });
}
