/**
 * The calls of a month as the outbox contract promises them: each start that counts is counted once, and taken back once if the vendor
 * does not count it. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { DELIVERED, type Ending, goesAgain, LOST_ANSWER, MINUTE, T0 } from './outbox-endings.ts';
import { began, laneOf, type OutboxEngine, useOutbox } from './outbox-steps.ts';

const NOVEMBER = 'acme 2026-11';
const DECEMBER = 'acme 2026-12';
const UNCOUNTED: Ending = goesAgain({ uncounted: true });
const DAY = 24 * 60 * MINUTE;

/** Runs the cases of months over one engine. */
export function describeMonth(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`the calls of a month of the outbox on ${name}`, () => {
    const steps = useOutbox(open, [laneOf('ops', { paceKeys: ['k'] }), laneOf('twin', { paceKeys: ['k'] })]);
    const { add, begin, end, send, start } = steps;
    const calls = async (month = NOVEMBER): Promise<number> =>
      (await steps.outbox.view({ lane: 'ops', at: T0, month })).monthCalls;

    beforeEach(async () => {
      await add({ alerts: ['a', 'b', 'c'], lanes: ['ops', 'twin'] });
    });

    test('are counted with every start, over all lanes, and the start says how many there are', async () => {
      assert.equal(await calls(), 0);
      const first = await start('ops', { month: NOVEMBER });
      assert.equal(first.monthCalls, 1);
      await end('ops', first, LOST_ANSWER);
      assert.equal(began(await begin('ops', first, { month: NOVEMBER })).monthCalls, 2);
      assert.equal((await start('twin', { month: NOVEMBER })).monthCalls, 3);
      assert.equal(await calls(), 3);
    });

    test('of each month and organization are counted apart; what nobody counted is left out', async () => {
      await send('ops', DELIVERED, { month: NOVEMBER });
      await send('ops', DELIVERED, { month: DECEMBER });
      await send('ops', DELIVERED, { month: 'umbrella 2026-12' });
      await send('twin', DELIVERED, { month: DECEMBER });
      assert.deepEqual(
        await steps.outbox.readMonthCalls([NOVEMBER, DECEMBER, 'acme 2027-01']),
        new Map([
          [NOVEMBER, 1],
          [DECEMBER, 2],
        ]),
      );
      assert.deepEqual(await steps.outbox.readMonthCalls([]), new Map());
    });

    test('nor does the pace count a send that never reached the channel, whatever the clock does; the mark moves on', async () => {
      await send('ops', DELIVERED, { at: T0 - MINUTE });
      const before = await steps.credential('twin', 'k');
      await send('ops', UNCOUNTED);
      for (const at of [T0 + MINUTE, T0 - MINUTE]) {
        const { starts, paceMark } = await steps.credential('twin', 'k', at);
        assert.deepEqual([starts, paceMark > before.paceMark], [[T0 - MINUTE], true]);
      }
      await steps.restart(T0);
      assert.deepEqual((await steps.credential('ops', 'k')).starts, [T0 - MINUTE]);
    });

    test('a hundred sends that never reached the channel hide none of those that did', async () => {
      await send('ops', DELIVERED, { at: T0 - MINUTE });
      let started = await start('ops');
      for (let count = 1; count < 100; count++) {
        await end('ops', started, UNCOUNTED);
        started = began(await begin('ops', started));
      }
      await end('ops', started, UNCOUNTED);
      assert.deepEqual((await steps.credential('ops', 'k')).starts, [T0 - MINUTE]);
    });

    test('are not counted unless a month is named', async () => {
      assert.equal((await start('ops')).monthCalls, 0);
      assert.equal((await steps.view('ops')).monthCalls, 0);
      assert.deepEqual(await steps.outbox.readMonthCalls([NOVEMBER]), new Map());
    });

    test('do not grow by a start that was stale', async () => {
      const started = await start('ops', { month: NOVEMBER });
      await end('ops', started, LOST_ANSWER);
      const { paceMark } = await steps.credential('ops');
      await send('twin', DELIVERED, { month: NOVEMBER });
      const under = { paceKey: 'k', paceMark, month: NOVEMBER };
      const message = started.message.ref;
      assert.equal(await steps.outbox.begin({ ...steps.leaseOf('ops'), message, under, at: T0 }), 'stale');
      assert.equal(await calls(), 2);
    });

    test('taken back are taken back once, from the month in which they were counted', async () => {
      const started = await start('ops', { month: NOVEMBER });
      await end('ops', started, UNCOUNTED, T0 + 40 * DAY);
      assert.equal(await calls(), 0);
      await send('twin', DELIVERED, { month: NOVEMBER });
      await end('ops', started, UNCOUNTED);
      assert.equal(await calls(), 1);
    });

    test('taken back of an attempt that was not counted change nothing', async () => {
      await send('twin', DELIVERED, { month: NOVEMBER });
      await send('ops', UNCOUNTED);
      assert.equal(await calls(), 1);
    });

    test('outlive a restart', async () => {
      await send('ops', DELIVERED, { month: NOVEMBER });
      await steps.restart();
      assert.equal(await calls(), 1);
    });

    test('are kept for more than two months after the last of them, then pruned', async () => {
      await send('ops', DELIVERED, { month: NOVEMBER });
      await steps.prune(T0 + 62 * DAY);
      assert.equal(await calls(), 1);
      await steps.prune(T0 + 62 * DAY + 1);
      assert.deepEqual(await steps.outbox.readMonthCalls([NOVEMBER]), new Map());
    });
  });
}
