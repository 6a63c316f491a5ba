import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLinks } from '../event/links.ts';
import { createEventReader } from '../intake/alertmanager/to-event.ts';
import { type Alarm, alarmNotification, raisedSince } from './alarm.ts';

const ALARM: Alarm = {
  id: 'n1',
  at: Date.parse('2026-11-22T12:00:00Z'),
  sinks: ['ops'],
  severityLabel: 'prio',
  startsAt: '2026-11-22T11:49:00.000Z',
  silentMs: 11 * 60_000,
};

function eventOf(alarm: Alarm) {
  const { head, pieces } = alarmNotification(alarm);
  const links = createLinks({ rewrite: [], fallbackUrl: 'https://example.com/' });
  const readEvent = createEventReader({ links, severityLabel: 'prio' });
  return readEvent(JSON.parse(head))(JSON.parse(String(pieces[0]?.alerts))[0], {
    id: 'n1-0',
    receivedAt: alarm.at,
  });
}

test('reads as any other alert does, and as a critical one', () => {
  const { status, name, severity, description, startsAt, endsAt } = eventOf(ALARM);
  assert.deepEqual(
    [status, name, severity, startsAt, endsAt],
    ['firing', 'AlertmanagerSilent', 'critical', ALARM.startsAt, undefined],
  );
  assert.match(description ?? '', /^No heartbeat from Alertmanager for 11 minutes\. /);
});

test('resolves the same alert, with the time at which the heartbeat came back', () => {
  const [raised, resolved] = [eventOf(ALARM), eventOf({ ...ALARM, endsAt: '2026-11-22T12:30:00.000Z' })];
  assert.deepEqual([resolved.status, resolved.endsAt], ['resolved', '2026-11-22T12:30:00.000Z']);
  assert.deepEqual([resolved.fingerprint, resolved.startsAt], [raised.fingerprint, raised.startsAt]);
});

test('is found again in what the outbox remembers of it', () => {
  const stateOf = (alarm: Alarm) => alarmNotification(alarm).pieces[0]?.states[0];
  assert.equal(raisedSince(stateOf(ALARM)), ALARM.startsAt);
  assert.equal(raisedSince(stateOf({ ...ALARM, endsAt: '2026-11-22T12:30:00.000Z' })), undefined);
  assert.equal(raisedSince(undefined), undefined);
});
