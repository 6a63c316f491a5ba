import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayRangeText, delayText, lastedText } from './duration-text.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const DURATIONS = [
  { name: 'nothing', ms: 0, lasted: '0s', delay: '0 s' },
  { name: 'less than nothing', ms: -5 * MINUTE, lasted: '0s', delay: '0 s' },
  { name: 'less than a second', ms: 999, lasted: '0s', delay: '0 s' },
  { name: 'seconds', ms: 45.9 * SECOND, lasted: '45s', delay: '45 s' },
  { name: 'a whole minute', ms: MINUTE, lasted: '1m', delay: '1 min' },
  { name: 'minutes and seconds', ms: 3 * MINUTE + 20 * SECOND, lasted: '3m 20s', delay: '3 min' },
  { name: 'hours and minutes', ms: 3 * HOUR + 5 * MINUTE + 59 * SECOND, lasted: '3h 5m', delay: '3 h 5 min' },
  { name: 'an hour and seconds', ms: HOUR + 7 * SECOND, lasted: '1h', delay: '1 h' },
  { name: 'days and hours', ms: 74 * HOUR, lasted: '3d 2h', delay: '3 d 2 h' },
  { name: 'days and minutes', ms: 400 * DAY + MINUTE, lasted: '400d', delay: '400 d' },
];

for (const { name, ms, lasted, delay } of DURATIONS) {
  test(`tells ${name}`, () => assert.deepEqual([lastedText(ms), delayText(ms)], [lasted, delay]));
}

const RANGES = [
  { name: 'one unit', least: 2 * MINUTE, most: 12 * MINUTE, expected: '2 to 12 min' },
  { name: 'the same text', least: 12 * MINUTE, most: 12 * MINUTE + SECOND, expected: '12 min' },
  { name: 'two units', least: 45 * SECOND, most: 12 * MINUTE, expected: '45 s to 12 min' },
  { name: 'minutes and hours', least: 50 * MINUTE, most: 3 * HOUR + MINUTE, expected: '50 min to 3 h 1 min' },
  { name: 'hours', least: 2 * HOUR, most: 3 * HOUR, expected: '2 to 3 h' },
  { name: 'hours and minutes', least: 2 * HOUR, most: 2 * HOUR + MINUTE, expected: '2 h to 2 h 1 min' },
];

for (const { name, least, most, expected } of RANGES) {
  test(`tells a range of ${name}`, () => assert.equal(delayRangeText(least, most), expected));
}
