import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { againText, entriesOf, lastedMs } from './digest-entry.ts';
import { anEvent } from './testdata/events.ts';

const TIMES: Readonly<Record<string, string>> = { 1: '2026-11-22T10:00:00Z', 2: '2026-11-22T11:00:00Z' };

/** `a1f`: alert a, from its first beginning, firing; `a1r`: resolved. */
function eventOf(letters: string) {
  const [alert = '', beginning = '', state] = letters;
  const startsAt = TIMES[beginning] ?? beginning;
  return anEvent({
    id: letters,
    fingerprint: alert,
    startsAt,
    status: state === 'r' ? 'resolved' : 'firing',
  });
}

const ROWS = [
  { name: 'one state of an alert each', states: 'a1f b1r', entries: ['firing: a1f', 'resolved: b1r'] },
  { name: 'fired, then resolved', states: 'a1f a1r', entries: ['fired and cleared: a1f a1r'] },
  {
    name: 'others between the two',
    states: 'a1f b1f a1r c1r',
    entries: ['fired and cleared: a1f a1r', 'firing: b1f', 'resolved: c1r'],
  },
  {
    name: 'reminders, and resolved in two groups',
    states: 'a1f a1f a1r a1r',
    entries: ['fired and cleared: a1f a1f a1r a1r'],
  },
  { name: 'only reminders', states: 'a1f b1f a1f', entries: ['firing: a1f a1f', 'firing: b1f'] },
  { name: 'a second start', states: 'a1f a2f', entries: ['firing: a1f a2f'] },
  {
    name: 'a second start and its end',
    states: 'a1f a1r a2f a2r',
    entries: ['fired and cleared: a1f a1r a2f a2r'],
  },
  { name: 'an end that two groups list', states: 'a1r a1r', entries: ['resolved: a1r a1r'] },
  {
    name: 'two that cleared, and a third that has not',
    states: 'a1f a1r a2f a2r a3f',
    entries: ['fired and cleared: a1f a1r a2f a2r', 'firing: a3f'],
  },
  {
    name: 'another beginning of the same alert',
    states: 'a1f a2r',
    entries: ['firing: a1f', 'resolved: a2r'],
  },
  {
    name: 'firing again after it was resolved, with the same beginning',
    states: 'a1f a1r a1f',
    entries: ['fired and cleared: a1f a1r', 'firing: a1f'],
  },
  {
    name: 'a first beginning that ends after the second has begun',
    states: 'a1f a2f b1f a1r',
    entries: ['firing: a2f', 'fired and cleared: a1f a1r', 'firing: b1f'],
  },
  { name: 'resolved before it fires', states: 'a1r a1f', entries: ['resolved: a1r', 'firing: a1f'] },
];

for (const { name, states, entries } of ROWS) {
  test(`makes lines of ${name}`, () => {
    const made = entriesOf(states.split(' ').map(eventOf));
    const told = made.map(({ status, events }) => `${status}: ${events.map(({ id }) => id).join(' ')}`);
    assert.deepEqual(told, entries);
  });
}

const AGAIN = [
  { name: 'one event', states: 'a1f', expected: '' },
  { name: 'a reminder', states: 'a1f a1f', expected: 'with 1 reminder' },
  { name: 'two reminders', states: 'a1f a1f a1f', expected: 'with 2 reminders' },
  { name: 'a second start', states: 'a1f a2f', expected: 'started 2 times' },
  { name: 'both', states: 'a1f a1f a2f', expected: 'started 2 times, with 1 reminder' },
  { name: 'fired and cleared once, with a reminder', states: 'a1f a1f a1r', expected: '' },
  { name: 'fired and cleared twice', states: 'a1f a1r a2f a2r', expected: 'started 2 times' },
  { name: 'an end that two groups list', states: 'a1r a1r', expected: '' },
];

for (const { name, states, expected } of AGAIN) {
  test(`says what an alert did again: ${name}`, () => {
    const [entry, ...others] = entriesOf(states.split(' ').map(eventOf));
    assert.ok(entry !== undefined && others.length === 0);
    assert.equal(againText(entry), expected);
  });
}

test('does not call it a reminder if two groups list the same alert', () => {
  const events = ['one', 'other'].map((groupKey) => ({ ...eventOf('a1f'), groupKey }));
  const [entry] = entriesOf(events);
  assert.ok(entry !== undefined && entry.events.length === 2);
  assert.equal(againText(entry), '');
});

test('puts each event into exactly one line, and shows the latest of each', () => {
  const letters = fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'), fc.constantFrom('f', 'r'));
  fc.assert(
    fc.property(fc.array(letters), (drawn) => {
      const events = drawn.map((parts) => eventOf(parts.join('')));
      const entries = entriesOf(events);
      const told = entries.flatMap((entry) => entry.events);
      assert.equal(told.length, events.length);
      assert.deepEqual(new Set(told), new Set(events));
      for (const entry of entries) assert.equal(entry.event, entry.events.at(-1));
      for (const alert of ['a', 'b']) {
        const states = entries.filter(({ event }) => event.fingerprint === alert).map(({ status }) => status);
        assert.ok(states.every((status, index) => status !== states[index - 1]));
      }
    }),
  );
});

const LASTED = [
  { name: 'from beginning to end', endsAt: '2026-11-22T10:03:20Z', expected: 200_000 },
  { name: 'across time zones', endsAt: '2026-11-22T12:00:01.5+02:00', expected: 1_500 },
  { name: 'not while it fires', endsAt: undefined, expected: undefined },
  { name: 'not backwards', endsAt: '2026-11-22T09:59:59Z', expected: undefined },
  { name: 'not to a time that is none', endsAt: 'soon', expected: undefined },
];

for (const { name, endsAt, expected } of LASTED) {
  test(`counts how long an alert lasted: ${name}`, () => {
    const event = anEvent({ startsAt: '2026-11-22T10:00:00Z', ...(endsAt === undefined ? {} : { endsAt }) });
    assert.equal(lastedMs(event), expected);
  });
}
