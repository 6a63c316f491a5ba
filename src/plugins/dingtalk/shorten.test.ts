import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonBytes, shorten } from './shorten.ts';
import { codeUnit } from './testdata/events.ts';

const NO_LIMIT = Number.POSITIVE_INFINITY;
const FAMILY = '👨‍👩‍👧‍👦';

const CUTS = [
  { name: 'keeps what fits exactly', text: 'abcde', chars: 5, bytes: NO_LIMIT, expected: 'abcde' },
  {
    name: 'says how much is missing',
    text: 'a'.repeat(100),
    chars: 30,
    bytes: NO_LIMIT,
    expected: 'aaaaaaaaaaa… (+89 characters)',
  },
  {
    name: 'shows a bare ellipsis where the count has no room',
    text: 'abcdefgh',
    chars: 4,
    bytes: NO_LIMIT,
    expected: 'abc…',
  },
  { name: 'counts Chinese as three bytes', text: '中文文字', chars: NO_LIMIT, bytes: 11, expected: '中文…' },
  { name: 'counts escapes', text: '"""""', chars: NO_LIMIT, bytes: 9, expected: '"""…' },
  { name: 'never cuts inside a surrogate pair', text: '🔥🔥🔥', chars: NO_LIMIT, bytes: 9, expected: '🔥…' },
  {
    name: 'never cuts inside an emoji of several parts',
    text: `a${FAMILY}${FAMILY}`,
    chars: 5,
    bytes: NO_LIMIT,
    expected: 'a…',
  },
  { name: 'has nothing to say without any room', text: 'abc', chars: 0, bytes: NO_LIMIT, expected: '' },
];

for (const { name, text, chars, bytes, expected } of CUTS) {
  test(`${name}`, () => {
    assert.equal(shorten(text, { chars, bytes }, 'count'), expected);
  });
}

test('does not give all room to a character that is made of thousands of marks', () => {
  const zalgo = `a${'\u0301'.repeat(5000)}`;
  assert.ok(shorten(zalgo, { chars: 100, bytes: NO_LIMIT }, 'ellipsis').length > 50);
});

test('counts bytes as JSON.stringify() writes them', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(codeUnit) }), (text) => {
      assert.equal(jsonBytes(text), Buffer.byteLength(JSON.stringify(text)) - 2);
    }),
  );
});

test('keeps within the room, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', size: 'medium' }),
      fc.nat(60),
      fc.nat(60),
      (text, chars, bytes) => {
        const cut = shorten(text, { chars, bytes }, 'count');
        assert.ok([...cut].length <= chars);
        assert.ok(jsonBytes(cut) <= bytes);
        assert.ok(cut.isWellFormed());
      },
    ),
  );
});
