import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hold, LaneReading } from '../../core/outbox/contract.ts';
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
const LANE: LaneReading = {
  lane: 'ops',
  waitingEvents: 3,
  oldestAt: NOW,
  credentials: 1,
  holds: [],
  trouble: undefined,
  lastSuccessAt: undefined,
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
