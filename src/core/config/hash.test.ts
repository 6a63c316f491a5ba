import assert from 'node:assert/strict';
import test from 'node:test';
import { hashOf } from './hash.ts';

test('does not see the order of keys', () => {
  assert.equal(hashOf({ a: 1, b: { c: 2, d: 3 } }), hashOf({ b: { d: 3, c: 2 }, a: 1 }));
});

const DIFFERENT = [
  { name: 'the order of a list', one: [1, 2], other: [2, 1] },
  { name: 'a number from its text', one: { a: 1 }, other: { a: '1' } },
  { name: 'an absent key from a null', one: {}, other: { a: null } },
  { name: 'a key from a value', one: { a: 'b' }, other: { b: 'a' } },
];

for (const { name, one, other } of DIFFERENT) {
  test(`tells apart ${name}`, () => {
    assert.notEqual(hashOf(one), hashOf(other));
  });
}
