import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LaneReading } from '../outbox/contract.ts';
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
  { late = false, stopping = new AbortController() } = {},
) {
  return await checkReadiness({
    outbox: { readLanes, checkWritable: async () => undefined },
    clock: clock(late),
    stopping: stopping.signal,
  });
}

test('is ready when the outbox answers, and tells nothing of lanes that are free', async () => {
  assert.deepEqual(await ask(async () => [FREE]), { ready: true, detail: [] });
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
