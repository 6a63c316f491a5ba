import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../core/event/event.ts';
import type { LedgerMessage } from '../../core/outbox/contract.ts';
import type { Entry } from './entry.ts';
import { toJsonLine } from './entry-json.ts';
import { renderEntry } from './entry-text.ts';

const RECEIVED = Date.parse('2026-11-22T10:00:01.250Z');
const SECOND = 1_000;
const CONTEXT = { now: RECEIVED + 60 * SECOND, severityLabel: 'severity' };
const EVENT: Event = {
  id: 'n-0',
  format: 'alertmanager',
  status: 'firing',
  name: 'HighLatency',
  severity: 'critical',
  labels: { alertname: 'HighLatency', severity: 'page', job: 'api', instance: 'web-1' },
  annotations: {},
  startsAt: '2026-11-22T10:00:00Z',
  fingerprint: '0123456789abcdef',
  bestUrl: 'https://example.com/',
  receiver: 'r',
  groupKey: 'g',
  groupLabels: {},
  commonLabels: { alertname: 'HighLatency', job: 'api' },
  commonAnnotations: {},
  routeLabels: {},
  reason: 'unknown',
  truncatedAlerts: 0,
  receivedAt: RECEIVED,
  unknownFields: { alert: {}, notification: {} },
};
const MESSAGE: LedgerMessage = {
  ref: 17,
  id: '3f2a',
  form: 'digest',
  sealedAt: RECEIVED + SECOND,
  attempts: 1,
};
const WAITING: Entry = { event: EVENT, lane: 'ops', state: 'waiting' };
const RETRYING: Entry = {
  ...WAITING,
  state: 'retrying',
  message: {
    ...MESSAGE,
    attempts: 2,
    retryAt: CONTEXT.now + SECOND,
    reason: 'timeout',
    detail: 'no answer in 10 s',
  },
};
const HEAD = '2026-11-22T10:00:01Z  firing critical HighLatency  instance="web-1" job="api"  ';

const fates: readonly { name: string; entry: Entry; says: string }[] = [
  { name: 'waits', entry: WAITING, says: 'ops  waiting' },
  {
    name: 'is being sent',
    entry: { ...WAITING, state: 'being_sent', message: { ...MESSAGE, sendingSince: RECEIVED + 3 * SECOND } },
    says: 'ops  being sent since 10:00:04Z',
  },
  {
    name: 'is being sent once more',
    entry: {
      ...WAITING,
      state: 'being_sent',
      message: { ...MESSAGE, attempts: 3, sendingSince: RECEIVED + 3 * SECOND },
    },
    says: 'ops  being sent since 10:00:04Z, attempt 3',
  },
  {
    name: 'waits for its next attempt',
    entry: RETRYING,
    says: 'ops  waiting for the next attempt at 10:01:02Z, 2 attempts, last: timeout no answer in 10 s',
  },
  {
    name: 'is due, but its lane is held',
    entry: { ...RETRYING, message: { ...MESSAGE, retryAt: RECEIVED, reason: 'bad_credential', detail: '' } },
    says: 'ops  waiting for the next attempt, 1 attempt, last: bad_credential',
  },
  {
    name: 'was delivered',
    entry: {
      ...WAITING,
      state: 'delivered',
      message: { ...MESSAGE, settledAt: RECEIVED + 190 * SECOND, reason: 'ok', detail: '' },
    },
    says: 'ops  delivered 10:03:11Z in digest 3f2a',
  },
  {
    name: 'was delivered on another day',
    entry: {
      ...WAITING,
      state: 'delivered',
      message: { ...MESSAGE, settledAt: RECEIVED + 86_400 * SECOND },
    },
    says: 'ops  delivered 2026-11-23T10:00:01Z in digest 3f2a',
  },
  {
    name: 'is a dead letter',
    entry: { ...WAITING, state: 'dead', message: { ...MESSAGE, reason: 'bad_request', detail: 'x' } },
    says: 'ops  dead letter 17: bad_request',
  },
  {
    name: 'was dropped',
    entry: {
      ...WAITING,
      state: 'dropped',
      message: { ...MESSAGE, settledAt: RECEIVED + SECOND, reason: 'expired' },
    },
    says: 'ops  dropped 10:00:02Z, was dead letter 17: expired',
  },
  {
    name: 'waits again',
    entry: { ...WAITING, revived: 12 },
    says: 'ops  dead letter 12 retried: waiting',
  },
  {
    name: "waits in its fallback's lane",
    entry: { ...WAITING, lane: 'backup', fallbackOf: 'ops' },
    says: 'backup (for ops)  waiting',
  },
];
for (const { name, entry, says } of fates) {
  test(`says of an event that it ${name}`, () => {
    assert.equal(renderEntry(entry, CONTEXT), `${HEAD}${says}\n`);
  });
}

const words: readonly { name: string; event: Partial<Event>; says: string }[] = [
  {
    name: 'shows a text when there are no labels to tell it by',
    event: { labels: { alertname: 'HighLatency', severity: 'page' }, summary: 'p99 is\n3 s' },
    says: '  p99 is 3 s  ops',
  },
  {
    name: 'leaves the column out when there is nothing to tell it by',
    event: { labels: {} },
    says: 'HighLatency  ops',
  },
  {
    name: 'cuts many labels, visibly',
    event: { labels: { pod: 'x'.repeat(100) } },
    says: `  pod="${'x'.repeat(75)}…  ops`,
  },
];
for (const { name, event, says } of words) {
  test(name, () => {
    const line = renderEntry({ ...WAITING, event: { ...EVENT, ...event } }, CONTEXT);
    assert.ok(line.includes(says), line);
  });
}

test('is one line whatever strangers write, and moves no cursor', () => {
  const hostile = 'a\n\u001b[2J\u202eb\u2028c\u0007\u009b';
  const event: Event = { ...EVENT, name: hostile, labels: { [hostile]: hostile }, summary: hostile };
  const entry: Entry = {
    ...RETRYING,
    event,
    message: { ...MESSAGE, retryAt: 0, reason: 'bad_answer', detail: hostile },
  };
  for (const line of [renderEntry(entry, CONTEXT), `${toJsonLine(entry)}\n`]) {
    assert.match(line, /^[^\p{Cc}\p{Bidi_Control}\u2028]*\n$/u);
  }
  assert.equal(JSON.parse(toJsonLine(entry)).name, hostile);
});

test('as JSON has every field that is known, and no other', () => {
  const entry: Entry = {
    ...WAITING,
    fallbackOf: 'main',
    state: 'delivered',
    revived: 12,
    message: { ...MESSAGE, settledAt: RECEIVED + SECOND, reason: 'ok', detail: '' },
  };
  assert.deepEqual(JSON.parse(toJsonLine(entry)), {
    received_at: '2026-11-22T10:00:01.250Z',
    event_id: 'n-0',
    status: 'firing',
    severity: 'critical',
    name: 'HighLatency',
    labels: EVENT.labels,
    starts_at: '2026-11-22T10:00:00Z',
    fingerprint: '0123456789abcdef',
    url: 'https://example.com/',
    sink: 'ops',
    fallback_of: 'main',
    state: 'delivered',
    message_row: 17,
    message_id: '3f2a',
    form: 'digest',
    attempts: 1,
    sealed_at: '2026-11-22T10:00:02.250Z',
    delivered_at: '2026-11-22T10:00:02.250Z',
    reason: 'ok',
    detail: '',
    retried_dead_letter: 12,
  });
});

const times: readonly { state: Entry['state']; field: string }[] = [
  { state: 'delivered', field: 'delivered_at' },
  { state: 'dead', field: 'died_at' },
  { state: 'dropped', field: 'dropped_at' },
];
for (const { state, field } of times) {
  test(`as JSON calls the end of what is ${state} ${field}`, () => {
    const line = toJsonLine({ ...WAITING, state, message: { ...MESSAGE, settledAt: RECEIVED } });
    const ends = Object.keys(JSON.parse(line)).filter((name) => /^(?:delivered|died|dropped)_at$/.test(name));
    assert.deepEqual(ends, [field]);
  });
}
