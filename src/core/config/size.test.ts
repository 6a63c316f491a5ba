import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSize, renderSize } from './size.ts';

const READ = [
  { name: 'bytes alone', text: '1048576', bytes: 1_048_576 },
  { name: 'binary units', text: '16MiB', bytes: 16_777_216 },
  { name: 'decimal units', text: '500kB', bytes: 500_000 },
  { name: 'any letter case and one blank', text: '2 gib', bytes: 2_147_483_648 },
  { name: 'an unknown unit', text: '16Mi', bytes: undefined },
  { name: 'a unit alone', text: 'MiB', bytes: undefined },
  { name: 'fractions', text: '1.5MiB', bytes: undefined },
  { name: 'no text', text: '', bytes: undefined },
];

for (const { name, text, bytes } of READ) {
  test(`${bytes === undefined ? 'refuses' : 'reads'} a size: ${name}`, () => {
    assert.equal(parseSize(text), bytes);
  });
}

test('writes a size so that it is read as the same', () => {
  for (const bytes of [0, 1, 1_000, 1_024, 1_536, 16_777_216, 3_221_225_472]) {
    assert.equal(parseSize(renderSize(bytes)), bytes);
  }
  assert.equal(renderSize(16_777_216), '16MiB');
});
