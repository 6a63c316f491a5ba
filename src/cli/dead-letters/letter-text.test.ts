import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetter, StoredEvent } from '../../core/outbox/contract.ts';
import { createLetterReader, type Letter } from './letter.ts';
import { toJsonLine } from './letter-json.ts';
import { renderEntry, renderLetter } from './letter-text.ts';

const T0 = Date.UTC(2026, 10, 22, 10, 0, 0);
const ALERT = {
  status: 'firing',
  labels: { alertname: 'DiskFull', severity: 'page', instance: 'web-1' },
  annotations: { description: 'disk is full', summary: 'Disk' },
  startsAt: '2026-11-22T09:58:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph?g0.expr=up',
};
const readLetter = createLetterReader({
  links: { rewrite: [], fallbackUrl: 'http://fallback/' },
  intake: { severityLabel: 'severity', dedupWindowMs: 0 },
});

test('an entry of a list says which, where, when, why, and about what', () => {
  assert.equal(
    renderEntry(letterOf([ALERT])),
    [
      '7  ops  died 2026-11-22T10:01:00Z after 2 attempts: unknown_code',
      '    code 987654',
      '    firing critical DiskFull: disk is full',
      '',
    ].join('\n'),
  );
});

test('an entry names three events, shortened, and counts the others', () => {
  const long = { ...ALERT, annotations: { description: '好'.repeat(101) } };
  const lines = renderEntry(letterOf([long, ALERT, ALERT, ALERT, ALERT]))
    .trimEnd()
    .split('\n');
  assert.deepEqual(
    [lines[2], lines.slice(5)],
    [`    firing critical DiskFull: ${'好'.repeat(100)}…`, ['    and 2 more events']],
  );
});

test('a letter shows every attempt and every event whole', () => {
  assert.equal(
    renderLetter(letterOf([ALERT, { ...ALERT, status: 'resolved', endsAt: '2026-11-22T09:59:00Z' }])),
    [
      'dead letter 7',
      '  sink         ops',
      '  died         2026-11-22T10:01:00Z',
      '  reason       unknown_code',
      '  last answer  code 987654',
      '  message      link, 2 events',
      '',
      '2 attempts',
      '  2026-11-22T10:00:00Z  its end is not known',
      '  2026-11-22T10:00:58Z  1.5 s  retry unknown_code  code 987654',
      '',
      'firing critical DiskFull',
      '  summary      Disk',
      '  description  disk is full',
      '  labels       alertname="DiskFull" severity="page" instance="web-1"',
      '  started      2026-11-22T09:58:00Z',
      '  received     2026-11-22T09:59:00Z',
      '  link         http://prometheus/graph?g0.expr=up',
      '',
      'resolved critical DiskFull',
      '  summary      Disk',
      '  description  disk is full',
      '  labels       alertname="DiskFull" severity="page" instance="web-1"',
      '  started      2026-11-22T09:58:00Z',
      '  ended        2026-11-22T09:59:00Z',
      '  received     2026-11-22T09:59:00Z',
      '  link         http://prometheus/graph?g0.expr=up',
      '',
    ].join('\n'),
  );
});

test('a letter with very many attempts says how many are not shown', () => {
  const text = renderLetter({ ...letterOf([ALERT]), attempts: 60 });
  assert.match(text, /^60 attempts\n {2}58 earlier\n {2}2026/m);
});

test('a description of several lines keeps them', () => {
  const text = renderLetter(letterOf([{ ...ALERT, annotations: { description: 'one\r\ntwo\nthree' } }]));
  assert.match(text, /^ {2}description {2}one\n {15}two\n {15}three\n/m);
});

test('a letter that expired says that it never was a message', () => {
  const letter: Letter = { ...letterOf([ALERT]), form: 'none', reason: 'expired', attempts: 0, history: [] };
  assert.match(
    renderLetter(letter),
    /^ {2}because {6}code 987654\n {2}message {6}none was made of its 1 event\n\n0 attempts\n\nfiring/m,
  );
});

test('JSON has all of it on one line, with times as RFC 3339', () => {
  const line = toJsonLine(letterOf([ALERT]));
  assert.doesNotMatch(line, /\n/);
  assert.deepEqual(JSON.parse(line), {
    id: 7,
    sink: 'ops',
    form: 'link',
    reason: 'unknown_code',
    detail: 'code 987654',
    died_at: '2026-11-22T10:01:00.000Z',
    attempts: 2,
    history: [
      { started_at: '2026-11-22T10:00:00.000Z' },
      {
        started_at: '2026-11-22T10:00:58.500Z',
        ended_at: '2026-11-22T10:01:00.000Z',
        outcome: 'retry',
        reason: 'unknown_code',
        detail: 'code 987654',
      },
    ],
    events: [
      {
        received_at: '2026-11-22T09:59:00.000Z',
        event_id: 'n-0',
        status: 'firing',
        severity: 'critical',
        name: 'DiskFull',
        summary: 'Disk',
        description: 'disk is full',
        labels: ALERT.labels,
        starts_at: ALERT.startsAt,
        fingerprint: letterOf([ALERT]).events[0]?.fingerprint,
        url: ALERT.generatorURL,
      },
    ],
  });
});

test('nothing that a stranger wrote can move the cursor of a terminal', () => {
  const hostile = '\u001b[2Jgone\u202eabc\u0007';
  const letter: Letter = {
    ...letterOf([
      {
        ...ALERT,
        labels: { alertname: hostile, [hostile]: hostile },
        annotations: { summary: hostile, description: `a\n${hostile}`, message: hostile },
        startsAt: hostile,
        generatorURL: `http://h/?${hostile}`,
      },
    ]),
    detail: hostile,
  };
  for (const text of [renderEntry(letter), renderLetter(letter), toJsonLine(letter)])
    assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Bidi_Control}/u);
});

function letterOf(alerts: readonly object[]): Letter {
  const stored: DeadLetter = {
    message: 7,
    lane: 'ops',
    form: 'link',
    reason: 'unknown_code',
    detail: 'code 987654',
    diedAt: T0 + 60_000,
    attempts: 2,
    history: [
      { startedAt: T0 },
      {
        startedAt: T0 + 58_500,
        endedAt: T0 + 60_000,
        outcome: 'retry',
        reason: 'unknown_code',
        detail: 'code 987654',
      },
    ],
    events: alerts.map(
      (_, index): StoredEvent => ({
        place: { rank: 0, piece: 1, runFirst: 0, index },
        number: index,
        piece: {
          notificationId: 'n',
          receivedAt: T0 - 60_000,
          head: '{}',
          alerts: JSON.stringify(alerts),
        },
      }),
    ),
  };
  return readLetter(stored);
}
