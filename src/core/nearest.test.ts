import assert from 'node:assert/strict';
import test from 'node:test';
import { nearest, suggest } from './nearest.ts';

const KNOWN = ['host', 'port', 'max_body', 'auth', 'access_token'];

const ROWS = [
  { name: 'a missing letter', word: 'acess_token', near: 'access_token' },
  { name: 'a letter too many', word: 'portt', near: 'port' },
  { name: 'two letters swapped', word: 'hots', near: 'host' },
  { name: 'another way to join words', word: 'maxBody', near: 'max_body' },
  { name: 'hyphens', word: 'max-body', near: 'max_body' },
  { name: 'another word', word: 'timeout', near: undefined },
  { name: 'too short to guess', word: 'at', near: undefined },
  { name: 'an absurd length', word: 'x'.repeat(100_000), near: undefined },
];

for (const { name, word, near } of ROWS) {
  test(`${near === undefined ? 'finds nothing near' : 'finds what was meant'}: ${name}`, () => {
    assert.equal(nearest(word, KNOWN), near);
  });
}

test('lists what is known where nothing is near', () => {
  assert.equal(suggest('colour', ['a', 'b']), 'known: a, b');
});
