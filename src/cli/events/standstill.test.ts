import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hold, LaneReading, Trouble } from '../../core/outbox/contract.ts';
import { renderStandstills } from './standstill.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const BLOCKED: Hold = {
  kind: 'blocked',
  reason: 'bad_credential',
  detail: 'DingTalk says: 300005\u001b: put the new token\ninto the file',
  since: NOW,
  until: NOW + 300_000,
  count: 1,
};
const PARKED: Hold = { ...BLOCKED, kind: 'parked', reason: 'rate_limited', detail: 'too fast', count: 0 };
const OUTAGE: Trouble = { cause: 'outage', since: NOW - 60_000, failures: 7, retryAt: NOW + 300_000 };
const LANE: LaneReading = {
  lane: 'ops',
  waitingEvents: 3,
  oldestAt: NOW,
  credentials: 1,
  holds: [],
  trouble: undefined,
  lastSuccessAt: undefined,
  deadLetters: 0,
};

const cases: readonly { name: string; lane: Partial<LaneReading>; says: string }[] = [
  { name: 'nothing of a lane that moves', lane: {}, says: '' },
  {
    name: 'cause and cure of a blocked lane, on one line',
    lane: { holds: [BLOCKED] },
    says: 'ops is blocked until 2026-11-22T10:05:00Z (bad_credential), 3 events wait: DingTalk says: 300005\\u001b: put the new token into the file\n',
  },
  {
    name: 'that a blocked lane is blocked until something goes through',
    lane: { waitingEvents: 1, holds: [{ ...BLOCKED, detail: 'x', until: NOW }] },
    says: 'ops is blocked until 2026-11-22T10:00:00Z (bad_credential), 1 event waits: x\n',
  },
  {
    name: 'until when a lane is parked',
    lane: { holds: [PARKED] },
    says: 'ops is parked until 2026-11-22T10:05:00Z (rate_limited), 3 events wait: too fast\n',
  },
  { name: 'nothing of a parking that is over', lane: { holds: [{ ...PARKED, until: NOW }] }, says: '' },
  {
    name: 'which part of its credentials a lane cannot use, and not that events wait for it',
    lane: { credentials: 3, holds: [PARKED] },
    says: 'one of the 3 credentials of ops is parked until 2026-11-22T10:05:00Z (rate_limited): too fast\n',
  },
  {
    name: 'that events wait if no credential is left',
    lane: { credentials: 2, holds: [PARKED, PARKED] },
    says: 'one of the 2 credentials of ops is parked until 2026-11-22T10:05:00Z (rate_limited), 3 events wait: too fast\n'.repeat(
      2,
    ),
  },
  {
    name: 'since when a lane gets nothing through, and when it tries next',
    lane: { trouble: OUTAGE },
    says: 'ops gets nothing through since 2026-11-22T09:59:00Z (outage), 3 events wait: 7 failed attempts, the next is at 2026-11-22T10:05:00Z\n',
  },
  {
    name: 'that the next attempt is due',
    lane: { waitingEvents: 1, trouble: { ...OUTAGE, failures: 1, retryAt: NOW } },
    says: 'ops gets nothing through since 2026-11-22T09:59:00Z (outage), 1 event waits: 1 failed attempt, the next is due\n',
  },
  {
    name: 'that a lane whose fallback has told all waits for something to try with',
    lane: { waitingEvents: 0, trouble: OUTAGE },
    says: 'ops gets nothing through since 2026-11-22T09:59:00Z (outage), 0 events wait: 7 failed attempts, the next is when something comes\n',
  },
  {
    name: 'what a lane is answered whose every message fails',
    lane: {
      trouble: {
        ...OUTAGE,
        toAll: { reason: 'unknown_code', detail: 'errcode 47777,\nnot documented' },
      },
    },
    says: 'ops gets nothing through since 2026-11-22T09:59:00Z (outage), 3 events wait: every message fails (unknown_code, errcode 47777, not documented), 7 failed attempts, the next is at 2026-11-22T10:05:00Z\n',
  },
  { name: 'nothing of an outage that is over', lane: { trouble: { ...OUTAGE, endedAt: NOW } }, says: '' },
  {
    name: 'nothing of a trouble that a hold explains',
    lane: { trouble: { ...OUTAGE, cause: 'setting' }, holds: [{ ...BLOCKED, detail: 'x' }] },
    says: 'ops is blocked until 2026-11-22T10:05:00Z (bad_credential), 3 events wait: x\n',
  },
  {
    name: 'nothing of attempts where nobody attempts anything',
    lane: { lane: 'gone', waitingEvents: 0, trouble: OUTAGE },
    says: '',
  },
  {
    name: 'that nobody works on the lane',
    lane: { lane: 'gone' },
    says: 'gone is no enabled sink of this configuration, 3 events wait: enable a sink of this name to get them out\n',
  },
  {
    name: 'nothing of an empty lane that nobody works on',
    lane: { lane: 'gone', waitingEvents: 0 },
    says: '',
  },
];
for (const { name, lane, says } of cases) {
  test(`says ${name}`, () => {
    assert.equal(renderStandstills([{ ...LANE, ...lane }], { now: NOW, drained: ['ops'] }), says);
  });
}
