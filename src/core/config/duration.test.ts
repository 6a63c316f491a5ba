import assert from 'node:assert/strict';
import test from 'node:test';
import { parseDuration, renderDuration } from './duration.ts';

const READ = [
  { name: 'zero needs no unit', text: '0', ms: 0 },
  { name: 'milliseconds are told from minutes', text: '500ms', ms: 500 },
  { name: 'seconds', text: '30s', ms: 30_000 },
  { name: 'units combine from long to short', text: '1h30m', ms: 5_400_000 },
  { name: 'all units', text: '1w1d1h1m1s1ms', ms: 694_861_001 },
  { name: 'a number alone', text: '30', ms: undefined },
  { name: 'no text', text: '', ms: undefined },
  { name: 'units in the wrong order', text: '1m1h', ms: undefined },
  { name: 'fractions', text: '1.5h', ms: undefined },
  { name: 'signs', text: '-1s', ms: undefined },
  { name: 'blanks', text: '1 s', ms: undefined },
  { name: 'more than can be counted', text: '99999999999999999w', ms: undefined },
];

for (const { name, text, ms } of READ) {
  test(`${ms === undefined ? 'refuses' : 'reads'} a duration: ${name}`, () => {
    assert.equal(parseDuration(text), ms);
  });
}

test('writes a duration so that it is read as the same', () => {
  for (const ms of [0, 1, 999, 10_000, 65_000, 360_000, 5_400_000, 604_800_000, 7_776_000_000]) {
    assert.equal(parseDuration(renderDuration(ms)), ms);
  }
  assert.equal(renderDuration(7_776_000_000), '90d');
  assert.equal(renderDuration(5_400_000), '1h30m');
});
