import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LaneReading, Trouble } from '../outbox/contract.ts';
import { checkReadiness } from './readiness.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const FREE: LaneReading = {
  lane: 'ops',
  waitingEvents: 0,
  oldestAt: undefined,
  credentials: 1,
  holds: [],
  trouble: undefined,
  lastSuccessAt: undefined,
  deadLetters: 0,
};
const HOLD = {
  kind: 'blocked',
  reason: 'bad_signature',
  detail: 'mend the secret',
  since: NOW,
  until: NOW,
  count: 1,
} as const;
/** A clock on which a wait ends only when it is no longer wanted, or at once. */
const clock = (late: boolean) => ({
  now: () => NOW,
  elapsed: () => 0,
  wait: (_ms: number, signal: AbortSignal) =>
    late
      ? Promise.resolve()
      : new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
  after: () => () => undefined,
});

async function ask(
  readLanes: () => Promise<readonly LaneReading[]>,
  {
    late = false,
    stopping = new AbortController(),
    refusal,
  }: { late?: boolean; stopping?: AbortController; refusal?: string } = {},
) {
  return await checkReadiness({
    outbox: { readLanes, checkWritable: async () => undefined },
    clock: clock(late),
    stopping: stopping.signal,
    refusal: () => refusal,
  });
}

test('is ready when the outbox answers, and tells nothing of lanes that are free', async () => {
  assert.deepEqual(await ask(async () => [FREE]), { ready: true, detail: [] });
});

test('is not ready while webhooks cannot be stored, and says why', async () => {
  const answer = await ask(async () => [FREE], { refusal: 'the disk is full' });
  assert.deepEqual(answer, { ready: false, detail: ['the disk is full'] });
});

test('is ready with a blocked lane, and says its cause and cure', async () => {
  const { ready, detail } = await ask(async () => [{ ...FREE, waitingEvents: 3, holds: [HOLD] }]);
  assert.deepEqual(
    [ready, detail],
    [
      true,
      ['sink ops is blocked until 2026-11-22T12:00:00.000Z (bad_signature), 3 events wait: mend the secret'],
    ],
  );
});

test('does not speak of a rest that is over', async () => {
  const { detail } = await ask(async () => [{ ...FREE, holds: [{ ...HOLD, kind: 'parked' }] }]);
  assert.deepEqual(detail, []);
});

const FAILING: Trouble = {
  cause: 'outage',
  since: NOW - 60_000,
  failures: 3,
  retryAt: NOW + 4000,
  toAll: { reason: 'unknown_code', detail: 'errcode 47777, not documented' },
};

test('is ready while every message of a sink fails, and says what it is answered', async () => {
  const { ready, detail } = await ask(async () => [{ ...FREE, waitingEvents: 5, trouble: FAILING }]);
  assert.deepEqual(
    [ready, detail],
    [
      true,
      [
        'sink ops delivers nothing since 2026-11-22T11:59:00.000Z, every message fails (unknown_code), 5 events wait, the next try is at 2026-11-22T12:00:04.000Z: errcode 47777, not documented; docs/errors.md says what to do about unknown_code',
      ],
    ],
  );
});

test('does not speak of such a trouble that is over', async () => {
  const { detail } = await ask(async () => [{ ...FREE, trouble: { ...FAILING, endedAt: NOW } }]);
  assert.deepEqual(detail, []);
});

test('names dead letters, and what to do with them', async () => {
  const lastDeadLetter = { diedAt: NOW, reason: 'bad_request' } as const;
  const { ready, detail } = await ask(async () => [{ ...FREE, deadLetters: 2, lastDeadLetter }]);
  assert.deepEqual(
    [ready, detail],
    [
      true,
      [
        'sink ops has 2 dead letters, the latest of 2026-11-22T12:00:00.000Z (bad_request): look at them with notifierd dead-letters list --sink ops, then retry or drop them',
      ],
    ],
  );
});

test('is not ready when the outbox fails or does not answer', async () => {
  const unready = { ready: false, detail: ['the outbox does not answer'] };
  assert.deepEqual(await ask(() => Promise.reject(new Error('locked'))), unready);
  assert.deepEqual(await ask(() => new Promise(() => {}), { late: true }), unready);
});

test('is not ready while stopping, and does not ask', async () => {
  const stopping = new AbortController();
  stopping.abort();
  assert.deepEqual(await ask(() => assert.fail(), { stopping }), { ready: false, detail: ['stopping'] });
});

test('names a sink whose channel is away, and stays ready', async () => {
  const { toAll: _, ...trouble } = FAILING;
  const away = { ...FREE, waitingEvents: 2, trouble };
  const { ready, detail } = await ask(async () => [away]);
  assert.deepEqual(
    [ready, detail],
    [
      true,
      [
        'sink ops delivers nothing since 2026-11-22T11:59:00.000Z, its channel cannot be reached or does not answer as it should, 2 events wait, the next try is at 2026-11-22T12:00:04.000Z: the log says why',
      ],
    ],
  );
  const held = { ...away, trouble: { ...trouble, cause: 'setting' as const } };
  assert.deepEqual((await ask(async () => [held])).detail, []);
});
