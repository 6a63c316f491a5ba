import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderEntries } from './entries.ts';
import type { PayloadAlert } from './payload.ts';

const START = '2026-11-22T10:00:00Z';
const LATER = '2026-11-22T11:00:00Z';

const entry = (summary: string, given: Partial<PayloadAlert> = {}): PayloadAlert => ({
  status: 'firing',
  labels: { alertname: 'A' },
  annotations: { summary },
  startsAt: START,
  ...given,
});
const saidBy = (alerts: readonly PayloadAlert[]) => alerts.map(({ annotations }) => annotations?.summary);

test("leaves Alertmanager's lists as they are", () => {
  const alerts = [entry('b', { labels: { alertname: 'B' } }), entry('a')];
  assert.equal(orderEntries(alerts), alerts);
});

test('takes an entry with equal labels, state and annotations for a repetition', () => {
  const again = entry('one', { startsAt: '2026-11-22T18:00:00+08:00', generatorURL: 'http://other' });
  assert.deepEqual(saidBy(orderEntries([entry('one'), again, entry('one')])), ['one']);
});

const DIFFERENT: readonly { name: string; other: PayloadAlert }[] = [
  { name: 'annotations', other: entry('two') },
  { name: 'status', other: entry('one', { status: 'resolved' }) },
  { name: 'start', other: entry('one', { startsAt: LATER }) },
  {
    name: 'labels, with the same fingerprint',
    other: entry('one', { labels: { b: 'c' }, fingerprint: 'a'.repeat(16) }),
  },
];
for (const { name, other } of DIFFERENT) {
  test(`keeps entries that differ in ${name}`, () => {
    const one = entry('one', other.fingerprint === undefined ? {} : { fingerprint: other.fingerprint });
    assert.equal(orderEntries([one, other]).length, 2);
  });
}

test('keeps entries without labels that say different things', () => {
  assert.deepEqual(saidBy(orderEntries([entry('one', { labels: {} }), entry('two', { labels: null })])), [
    'one',
    'two',
  ]);
});

test('puts the entries of one alert in the order of their starts, those that fire last', () => {
  const alerts = [
    entry('fires later', { startsAt: LATER }),
    entry('another', { labels: { alertname: 'B' } }),
    entry('fires', { startsAt: START }),
    entry('ended later', { status: 'resolved', startsAt: '2026-11-22T12:00:00Z' }),
    entry('ended', { status: 'resolved', startsAt: '2026-11-22T19:00:00+08:00' }),
  ];
  assert.deepEqual(saidBy(orderEntries(alerts)), ['ended', 'another', 'ended later', 'fires', 'fires later']);
});
