/**
 * The clock set forward, as the outbox contract promises it: what waits, rests or was sent is as long ago afterwards as it was before.
 * Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DELIVERED, goesAgain, MINUTE, T0 } from './outbox-endings.ts';
import { laneOf, type OutboxEngine, useOutbox } from './outbox-steps.ts';

const HOUR = 60 * MINUTE;
const HELD = goesAgain({
  hold: {
    kind: 'parked',
    scope: 'credential',
    reason: 'rate_limited',
    detail: 'too fast',
    until: T0 + 10 * MINUTE,
    count: 0,
  },
  trouble: { cause: 'limit', failures: 2, retryAt: T0 + 5 * MINUTE },
});

/** Runs the cases of moveTimes() over one engine. */
export function describeMoveTimes(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`moveTimes() of the outbox on ${name}`, () => {
    const steps = useOutbox(open, [laneOf('ops')]);
    const { add, send, start, view } = steps;
    const jump = async (): Promise<void> => await steps.outbox.moveTimes({ byMs: HOUR, at: T0 });

    test('a hold, a back-off and the starts of a pace last as long as they would have', async () => {
      await add({ alerts: ['a', 'b'], rank: 0, at: T0 - 7 });
      await send('ops', HELD);
      await jump();
      const { credentials, trouble, current, lastCriticalAt, oldestAt } = await view('ops', T0 + HOUR);
      const [credential = assert.fail()] = credentials;
      assert.deepEqual(credential.starts, [T0 + HOUR]);
      assert.equal(credential.hold?.until, T0 + HOUR + 10 * MINUTE);
      assert.deepEqual([trouble?.since, trouble?.retryAt], [T0 + HOUR, T0 + HOUR + 5 * MINUTE]);
      assert.deepEqual([current?.retryAt, current?.history.sealedAt], [T0 + HOUR, T0 + HOUR]);
      assert.deepEqual([lastCriticalAt, oldestAt], [T0 + HOUR, T0 + HOUR - 7]);
    });

    test('what waits has not waited for longer, and does not expire before its time', async () => {
      await add({ alerts: ['a'], at: T0 - 7 });
      await jump();
      assert.equal(await steps.expire('ops', { before: T0 + MINUTE }), 0);
      const { events } = await steps.outbox.page({ lane: 'ops', maxEvents: 1, maxBytes: 1000 });
      assert.equal(events[0]?.piece.receivedAt, T0 + HOUR - 7);
    });

    test('what is over stays when it was', async () => {
      await add({ alerts: ['a'], at: T0 - 7 });
      await send('ops', DELIVERED);
      await add({ alerts: ['b'] });
      await start('ops');
      await jump();
      const [reading = assert.fail()] = await steps.outbox.readLanes();
      assert.equal(reading.lastSuccessAt, T0);
    });
  });
}
