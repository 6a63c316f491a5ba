import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pack, unpack } from './packed.ts';

test('brings every text back', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(40), (json, times) => {
      const text = JSON.stringify(Array.from({ length: times }, () => `${json}${'x'.repeat(200)}`));
      assert.equal(unpack(pack(text)), text);
    }),
  );
});

test('brings back any text, also one that begins like a deflated one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'x', 'x\u009c'), (text, start) => {
      assert.equal(unpack(pack(start + text)), start + text);
      assert.equal(unpack(pack(Buffer.from(start + text))), start + text);
    }),
  );
});

test('stores what is short as it is, and what is long in a fraction of it', () => {
  assert.equal(Buffer.from(pack('[{"a":"ä"}]')).toString(), '[{"a":"ä"}]');
  const long = JSON.stringify(
    Array.from({ length: 200 }, (_, index) => ({ node: `node-${index}`, job: 'node' })),
  );
  assert.ok(pack(long).length < long.length / 4);
});

test('damage is found', () => {
  const packed = pack(JSON.stringify('text '.repeat(2_000)));
  assert.throws(() => unpack(packed.subarray(0, packed.length - 3)));
  packed.set([1, 2, 3, 4], packed.length - 4);
  assert.throws(() => unpack(packed), /incorrect data check/);
});
