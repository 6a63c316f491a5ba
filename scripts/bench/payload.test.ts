import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from '../../src/core/intake/alertmanager/identity.ts';
import { type Payload as Parsed, parsePayload } from '../../src/core/intake/alertmanager/payload.ts';
import { readFixture } from '../../test/support/fixtures.ts';
import { copyOf, createPayload, GROUPS, type Stamp, stamp } from './payload.ts';

const RECORDED = readFixture('firing-200-alerts.json').toString();
const SECOND = Date.UTC(2026, 10, 22, 12, 30, 5) / 1000;

/** What the product reads of a webhook with this stamp. */
function parsed(alerts: number, given: Stamp): Parsed {
  const payload = createPayload(RECORDED, alerts);
  stamp(payload, given);
  return parsePayload(payload.bytes);
}

for (const alerts of [1, 10, 100, 200, 201, 1_000]) {
  test(`is a webhook that the product takes, with ${alerts} different firing alerts`, () => {
    const webhook = parsed(alerts, { group: 7, second: SECOND, number: 42 });
    assert.equal(webhook.alerts.length, alerts);
    assert.equal(new Set(webhook.alerts.map(({ fingerprint }) => fingerprint)).size, alerts);
    assert.equal(new Set(webhook.alerts.map(({ labels }) => JSON.stringify(labels))).size, alerts);
    for (const { status, startsAt, fingerprint } of webhook.alerts) {
      assert.deepEqual([status, startsAt], ['firing', '2026-11-22T12:30:05.000000042Z']);
      assert.match(fingerprint ?? '', /^[0-9a-f]{16}$/);
    }
  });
}

test('is written as Go writes it, and else as it was recorded', () => {
  const { bytes } = createPayload(RECORDED, 1);
  assert.match(bytes.toString(), /ratio\+%3E\+0\.8\\u0026g0\.tab=1/);
  const { alerts: _, groupKey, ...head } = JSON.parse(bytes.toString());
  const { alerts: __, groupKey: ___, ...recorded } = JSON.parse(RECORDED);
  assert.deepEqual(head, recorded);
  assert.match(groupKey, /team="team-000000"/);
});

const NEXT: readonly { name: string; next: Stamp; sameGroup: boolean }[] = [
  { name: 'another number', next: { group: 7, second: SECOND, number: 43 }, sameGroup: true },
  { name: 'another second', next: { group: 7, second: SECOND + 1, number: 42 }, sameGroup: true },
  { name: 'another group', next: { group: GROUPS - 1, second: SECOND, number: 42 }, sameGroup: false },
];
for (const { name, next, sameGroup } of NEXT) {
  test(`${name} makes a notification that is no repeat${sameGroup ? ', all of whose alerts are news' : ''}`, () => {
    const one = identify({ path: '/' }, parsed(3, { group: 7, second: SECOND, number: 42 }));
    const other = identify({ path: '/' }, parsed(3, next));
    assert.notEqual(one.key, other.key);
    assert.equal(one.groupId === other.groupId, sameGroup);
    if (!sameGroup) return;
    for (const [index, state] of one.states.entries()) assert.notDeepEqual(state, other.states[index]);
  });
}

test('a stamp keeps the length, and leaves copies alone', () => {
  const payload = createPayload(RECORDED, 10);
  const copy = copyOf(payload);
  const before = copy.bytes.toString();
  stamp(payload, { group: 255, second: SECOND, number: 999_999_999 });
  assert.equal(payload.bytes.length, copy.bytes.length);
  assert.equal(copy.bytes.toString(), before);
  assert.notEqual(payload.bytes.toString(), before);
});
