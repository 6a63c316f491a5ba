import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { identify, isReminder } from './identity.ts';
import { type Payload, parsePayload } from './payload.ts';

const FIXTURES = new URL('../../../../test/fixtures/alertmanager/', import.meta.url);
const PATH = '/webhook/alertmanager';
const STARTS_AT = '2026-11-22T10:39:36.000000001Z';
const ONE: Payload = {
  head: { version: '4', receiver: 'r', groupKey: 'k', status: 'firing', truncatedAlerts: 0 },
  alerts: [{ status: 'firing', labels: { a: 'b' }, startsAt: STARTS_AT }],
};

const groupId = (path: string, payload: Payload): string => identify({ path }, payload).groupId;
const notificationKey = (path: string, payload: Payload): string => identify({ path }, payload).key;
const alertStates = (payload: Payload) => identify({ path: PATH }, payload).states;

test('gives the twins of a high availability pair one key', () => {
  const [am0, am1] = [fixture('ha-duplicate-am0.json'), fixture('ha-duplicate-am1.json')];
  assert.notDeepEqual(am0, am1);
  assert.equal(notificationKey(PATH, am0), notificationKey(PATH, am1));
});

test('gives a reminder that says so a key of its own', () => {
  const reminder = fixture('v0.33-repeat.json');
  const first = { ...reminder, head: { ...reminder.head, notification_reason: 'first notification' } };
  assert.deepEqual(
    [isReminder(reminder), isReminder(first), isReminder(fixture('repeat.json'))],
    [true, false, false],
  );
  assert.notEqual(notificationKey(PATH, reminder), notificationKey(PATH, first));
  assert.equal(groupId(PATH, reminder), groupId(PATH, first));
});

test("follows a group's life: one group, another key at each step, states told apart by status and start", () => {
  const names = ['1-firing', '2-mixed', '3-resolved', '4-refired', '5-resolved-echo'];
  const life = names.map((name) => fixture(`lifecycle-${name}.json`));
  assert.equal(new Set(life.map((payload) => groupId(PATH, payload))).size, 1);
  assert.equal(new Set(life.map((payload) => notificationKey(PATH, payload))).size, names.length);

  const seen = new Set<string>();
  const newStates = life.map((payload) => {
    const states = alertStates(payload).map((state) => JSON.stringify(state));
    return states.filter((state) => !seen.has(state) && seen.add(state)).length;
  });
  assert.deepEqual(newStates, [2, 2, 2, 1, 0]);
});

test('writes states in UTC to the nanosecond', () => {
  const states = alertStates({
    head: { version: '4' },
    alerts: [
      { status: 'firing', startsAt: '2026-11-22T19:03:27.589584856+08:00', endsAt: '0001-01-01T00:00:00Z' },
      { status: 'resolved', startsAt: '2026-11-22T10:00:00Z', endsAt: '2026-11-22T10:00:01.5Z' },
      { status: 'resolved', startsAt: '2026-11-22T10:00:00Z', endsAt: '0001-01-01T00:00:00Z' },
    ],
  });
  assert.deepEqual(
    states.map(({ firing, startsAt }) => [firing, startsAt]),
    [
      [true, '2026-11-22T11:03:27.589584856Z'],
      [false, '2026-11-22T10:00:00.000000000Z'],
      [false, '2026-11-22T10:00:00.000000000Z'],
    ],
  );
});

const SAME: readonly { name: string; payload: Payload }[] = [
  { name: 'another Alertmanager', payload: withHead({ externalURL: 'http://am-1:9093' }) },
  {
    name: 'other common texts',
    payload: withHead({ commonAnnotations: { a: 'b' }, commonLabels: { c: 'd' } }),
  },
  { name: 'route labels', payload: withHead({ routeLabels: { a: 'b' } }) },
  {
    name: 'another reason that is no reminder',
    payload: withHead({ notification_reason: 'new alerts added' }),
  },
  { name: 'another Prometheus', payload: withAlert({ generatorURL: 'http://p-1/graph' }) },
  { name: 'another text', payload: withAlert({ annotations: { value: '7' } }) },
  {
    name: 'an end that a firing alert does not have',
    payload: withAlert({ endsAt: '2026-11-22T11:00:00Z' }),
  },
  { name: 'another time zone', payload: withAlert({ startsAt: '2026-11-22T18:39:36.000000001+08:00' }) },
];

test('recognizes a resolve in spite of another end', () => {
  const ended = (endsAt: string) => withAlert({ status: 'resolved', endsAt });
  const [one, other] = [ended('2026-11-22T11:00:00Z'), ended('2026-11-22T11:00:01Z')];
  assert.equal(notificationKey(PATH, one), notificationKey(PATH, other));
});

test('keeps the sources of one path apart, in whatever way path and source are cut', () => {
  const sources = [{ path: PATH }, { path: PATH, source: 'a' }, { path: PATH, source: 'b' }];
  const groups = sources.map((to) => identify(to, ONE).groupId);
  assert.equal(new Set(groups).size, sources.length);
  assert.notEqual(identify({ path: '/a', source: 'b' }, ONE).groupId, identify({ path: '/ab' }, ONE).groupId);
});

test('tells the Alertmanagers of a cluster apart by their own addresses', () => {
  const posterOf = (externalURL?: string | null) =>
    identify({ path: PATH }, withHead(externalURL === undefined ? {} : { externalURL })).poster;
  assert.match(posterOf('http://am-0:9093'), /^[0-9a-f]{16}$/);
  assert.equal(posterOf('http://am-0:9093'), posterOf(' http://am-0:9093 '));
  assert.notEqual(posterOf('http://am-0:9093'), posterOf('http://am-1:9093'));
  assert.deepEqual([posterOf(), posterOf(null), posterOf(''), posterOf(' ')], ['', '', '', '']);
});

for (const { name, payload } of SAME) {
  test(`recognizes a notification in spite of ${name}`, () => {
    assert.equal(notificationKey(PATH, payload), notificationKey(PATH, ONE));
  });
}

const OTHER: readonly { name: string; path?: string; payload: Payload }[] = [
  { name: 'path', path: '/', payload: ONE },
  { name: 'receiver', payload: withHead({ receiver: 'r2' }) },
  { name: 'group', payload: withHead({ groupKey: 'k2' }) },
  { name: 'status', payload: withHead({ status: 'resolved' }) },
  { name: 'number of truncated alerts', payload: withHead({ truncatedAlerts: 1 }) },
  { name: 'alert', payload: withAlert({ labels: { a: 'c' } }) },
  { name: 'start, by a nanosecond', payload: withAlert({ startsAt: '2026-11-22T10:39:36.000000002Z' }) },
  { name: 'state of an alert', payload: withAlert({ status: 'resolved' }) },
  { name: 'receiver that runs into the group', payload: withHead({ receiver: 'rk', groupKey: '' }) },
];

test('tells notifications apart by everything else', () => {
  const keys = [
    notificationKey(PATH, ONE),
    ...OTHER.map(({ path, payload }) => notificationKey(path ?? PATH, payload)),
  ];
  assert.deepEqual(
    OTHER.filter((_, index) => keys.indexOf(keys[index + 1] ?? '') !== index + 1).map(({ name }) => name),
    [],
  );
  for (const key of keys) assert.match(key, /^[0-9a-f]{64}$/);
});

test('tells groups without a key by their labels, in any order, and without those by their alerts', () => {
  const { groupKey, ...head } = ONE.head;
  const byLabels = (groupLabels: Record<string, string>) =>
    groupId(PATH, { ...ONE, head: { ...head, groupLabels } });
  assert.equal(byLabels({ a: '1', b: '2' }), byLabels({ b: '2', a: '1' }));
  assert.notEqual(byLabels({ a: '1' }), byLabels({ a: '2' }));
  const others = withAlert({ labels: { a: 'c' } }).alerts;
  assert.notEqual(byLabels({}), groupId(PATH, { head, alerts: others }));
  assert.equal(byLabels({}), groupId(PATH, { head, alerts: ONE.alerts }));
});

test('does not care for the order of alerts', () => {
  const alert = fc.record({
    status: fc.constantFrom('firing' as const, 'resolved' as const),
    labels: fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), { maxKeys: 2 }),
    startsAt: fc.constantFrom(STARTS_AT, '2026-11-22T10:39:36Z'),
  });
  const shuffled = fc
    .array(alert, { minLength: 1, maxLength: 6 })
    .chain((alerts) =>
      fc.tuple(fc.constant(alerts), fc.shuffledSubarray(alerts, { minLength: alerts.length })),
    );
  fc.assert(
    fc.property(shuffled, fc.boolean(), ([alerts, others], hasKey) => {
      const head = { version: '4' as const, ...(hasKey ? { groupKey: 'k' } : {}) };
      assert.equal(notificationKey(PATH, { head, alerts }), notificationKey(PATH, { head, alerts: others }));
    }),
  );
});

function fixture(file: string): Payload {
  return parsePayload(readFileSync(new URL(file, FIXTURES)));
}

function withHead(head: Partial<Payload['head']>): Payload {
  return { ...ONE, head: { ...ONE.head, ...head } };
}

function withAlert(fields: Partial<Payload['alerts'][number]>): Payload {
  return { ...ONE, alerts: ONE.alerts.map((alert) => ({ ...alert, ...fields })) };
}
