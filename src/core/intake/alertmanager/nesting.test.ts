import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nestsDeeperThan, textNestsDeeperThan } from './nesting.ts';

const TEXTS: readonly { name: string; json: string; deeper: boolean }[] = [
  { name: 'no nesting', json: '1', deeper: false },
  { name: 'exactly the limit', json: '{"a":[{}]}', deeper: false },
  { name: 'one more', json: '{"a":[{"b":[]}]}', deeper: true },
  { name: 'many side by side', json: '[[],[],[],[],{}]', deeper: false },
  { name: 'brackets in a text', json: '["[[[[{{{{"]', deeper: false },
  { name: 'brackets after an escaped quote', json: '["\\"[[[[", "\\\\"]', deeper: false },
  { name: 'brackets after an escaped backslash', json: '["\\\\", [[[]]]]', deeper: true },
];

for (const { name, json, deeper } of TEXTS) {
  test(`finds ${deeper ? 'too deep' : 'fine'}: ${name}`, () => {
    assert.equal(textNestsDeeperThan(3, Buffer.from(json)), deeper);
    assert.equal(nestsDeeperThan(3, JSON.parse(json)), deeper);
  });
}

test('agrees with the depth of any JSON value', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(5), (json, limit) => {
      const value: unknown = JSON.parse(json);
      assert.equal(textNestsDeeperThan(limit, Buffer.from(json)), depthOf(value) > limit);
      assert.equal(nestsDeeperThan(limit, value), depthOf(value) > limit);
    }),
  );
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
