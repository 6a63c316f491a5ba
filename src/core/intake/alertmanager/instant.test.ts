import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalInstant, isUnset } from './instant.ts';

const INSTANTS: readonly { name: string; text: string; instant: string }[] = [
  { name: 'whole seconds', text: '2026-11-22T10:39:36Z', instant: '2026-11-22T10:39:36.000000000Z' },
  { name: 'milliseconds', text: '2026-11-22T10:39:36.52Z', instant: '2026-11-22T10:39:36.520000000Z' },
  {
    name: 'nanoseconds and an offset',
    text: '2026-11-22T19:03:27.589584856+08:00',
    instant: '2026-11-22T11:03:27.589584856Z',
  },
  {
    name: 'a negative offset over midnight',
    text: '2026-12-31T20:00:00-05:30',
    instant: '2027-01-01T01:30:00.000000000Z',
  },
  {
    name: 'more than nanoseconds',
    text: '2026-11-22T10:39:36.1234567899Z',
    instant: '2026-11-22T10:39:36.123456789Z',
  },
  { name: 'the zero time', text: '0001-01-01T00:00:00Z', instant: '0001-01-01T00:00:00.000000000Z' },
  { name: 'a leap day', text: '2024-02-29T00:00:00Z', instant: '2024-02-29T00:00:00.000000000Z' },
  { name: 'small letters', text: '2026-11-22t10:39:36z', instant: '2026-11-22T10:39:36.000000000Z' },
];

for (const { name, text, instant } of INSTANTS) {
  test(`reads ${name}`, () => {
    assert.equal(canonicalInstant(text), instant);
  });
}

const NO_INSTANTS = [
  '',
  'now',
  '2026-11-22',
  '2026-11-22T10:39Z',
  '2026-11-22T10:39:36',
  '2026-11-22 10:39:36Z',
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-11-22T24:00:00Z',
  '2026-11-22T10:60:00Z',
  '2026-11-22T10:39:60Z',
  '2026-11-22T10:39:36.Z',
  '2026-11-22T10:39:36+24:00',
  '2026-11-22T10:39:36+08:60',
  '2026-11-22T10:39:36+0800',
  '9999-12-31T23:59:59-01:00',
  '0000-01-01T00:00:00+01:00',
  '2026-11-22T10:39:36Z\n',
  '٢٠٢٦-11-22T10:39:36Z',
];

for (const text of NO_INSTANTS) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    assert.equal(canonicalInstant(text), undefined);
  });
}

test('takes the days that the calendar has and no others', () => {
  for (const year of [2023, 2024, 1900, 2000]) {
    for (let month = 1; month <= 12; month++) {
      const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
      for (let day = 0; day <= 32; day++) {
        const date = [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
        const expected = day >= 1 && day <= days ? `${date}T12:00:00.000000000Z` : undefined;
        assert.equal(canonicalInstant(`${date}T12:00:00Z`), expected, date);
      }
    }
  }
});

test('gives one text for one instant, in whatever zone it is written', () => {
  const moment = fc.record({
    ms: fc.integer({ min: Date.parse('0001-01-03T00:00:00Z'), max: Date.parse('9999-12-30T00:00:00Z') }),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
    offset: fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 }),
  });
  fc.assert(
    fc.property(moment, ({ ms, nanos, offset }) => {
      const second = Math.floor(ms / 1000) * 1000;
      const digits = String(nanos).padStart(9, '0');
      const expected = `${new Date(second).toISOString().slice(0, 19)}.${digits}Z`;
      const local = new Date(second + offset * 60_000).toISOString().slice(0, 19);
      const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
      const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
      assert.equal(canonicalInstant(`${local}.${digits}${zone}`), expected);
      assert.equal(canonicalInstant(expected), expected);
    }),
  );
});

test('takes a missing time and the zero time of any zone for unset', () => {
  for (const text of [
    undefined,
    null,
    '',
    '0001-01-01T00:00:00Z',
    '0001-01-01T08:05:00+08:05',
    '0001-01-01T08:05:43+08:06',
  ]) {
    assert.equal(isUnset(text), true, String(text));
  }
  for (const text of ['2026-11-22T10:39:36Z', '1970-01-01T00:00:00Z', '0001-01-02T00:00:00Z']) {
    assert.equal(isUnset(text), false, text);
  }
});
