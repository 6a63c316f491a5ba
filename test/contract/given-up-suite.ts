/**
 * Events that a lane gives up on, as the outbox contract promises it: its fallback gets them in the transaction that makes the dead letter,
 * once, and tells them for it; and what a message set aside still holds is taken out of it when the other lane tells it. Called by
 * outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Settled, SettleRequest } from '../../src/core/outbox/contract.ts';
import { DEAD, DELIVERED, goesAgain, LOST_ANSWER, MINUTE, T0, UNREACHABLE } from './outbox-endings.ts';
import { began, laneOf, namesOf, type OutboxEngine, useOutbox } from './outbox-steps.ts';

const LANES = [
  laneOf('ops', { fallback: 'backup' }),
  laneOf('second', { fallback: 'backup' }),
  laneOf('backup', { fallback: 'last' }),
  laneOf('last'),
];
const FALLBACK = { to: 'backup', ranks: [2], tellTwice: false };
const ASIDE = goesAgain({ setAside: true });

/** Runs the cases of what is given up on over one engine. */
export function describeGivenUp(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`what a lane of the outbox on ${name} gives up on`, () => {
    const steps = useOutbox(open, LANES);
    const { add, handOver, send, start, view, waiting } = steps;
    const held = async (lane: string): Promise<number> => (await view(lane)).waiting;
    /** The next events of the lane become a dead letter. */
    const giveUp = async (
      lane = 'ops',
      { covers = 1, fallback = FALLBACK }: { covers?: number; fallback?: SettleRequest['fallback'] } = {},
    ): Promise<Settled> => {
      const { attempt, message } = await start(lane, { covers });
      const request = { lane, attempt, message: message.ref, detail: '', ...DEAD, at: T0 };
      return await steps.outbox.settle(fallback === undefined ? request : { ...request, fallback });
    };

    test('waits in the fallback’s lane as well, marked, and stays a dead letter', async () => {
      await add({ alerts: ['a', 'b'], at: T0 - 7 });
      assert.equal((await giveUp('ops', { covers: 2 })).handedOver, 2);
      const { events } = await steps.outbox.page({ lane: 'backup', maxEvents: 9, maxBytes: 1 << 20 });
      assert.deepEqual(
        [namesOf(events), events.map(({ fallbackOf }) => fallbackOf)],
        [
          ['a', 'b'],
          ['ops', 'ops'],
        ],
      );
      assert.deepEqual([await held('ops'), await held('backup')], [0, 2]);
      await send('backup', DELIVERED, { covers: 2 });
      const [letter] = await steps.letters('ops');
      assert.deepEqual(namesOf(letter?.events ?? []), ['a', 'b']);
      assert.deepEqual([await held('ops'), await held('backup')], [0, 0]);
    });

    test('is in both places after a restart, or in none', async () => {
      await add({ alerts: ['a'] });
      await giveUp();
      await steps.restart(T0);
      assert.deepEqual([await waiting('backup'), (await steps.letters('ops')).length], [['a'], 1]);
    });

    test('goes nowhere without a fallback, with one that nobody knows, or below its severities', async () => {
      for (const fallback of [undefined, { ...FALLBACK, to: 'nobody' }, { ...FALLBACK, ranks: [0] }]) {
        await add({ alerts: ['a'] });
        const { attempt, message } = await start('ops');
        const request = { lane: 'ops', attempt, message: message.ref, detail: '', ...DEAD, at: T0 };
        const settled = await steps.outbox.settle(
          fallback === undefined ? request : { ...request, fallback },
        );
        assert.equal(settled.handedOver, undefined);
      }
      assert.deepEqual(await waiting('backup'), []);
    });

    test('is not given again what the fallback was given before, or has by the routes', async () => {
      await add({ alerts: ['a', 'b'] });
      await handOver();
      await send('backup', DELIVERED);
      await add({ alerts: ['c'], lanes: ['ops', 'backup'] });
      for (let letters = 0; letters < 2; letters++) assert.equal((await giveUp()).handedOver, undefined);
      assert.deepEqual(await waiting('backup'), ['b', 'c']);
    });

    test('goes no further if it stands in for another lane already', async () => {
      await add({ alerts: ['a'] });
      await giveUp();
      await giveUp('backup', { fallback: { ...FALLBACK, to: 'last' } });
      assert.deepEqual([await held('backup'), await held('last')], [0, 0]);
      assert.equal((await steps.letters()).length, 2);
    });

    test('does not go there when it expired or was dropped', async () => {
      await add({ alerts: ['a', 'b'] });
      await send('ops', DEAD);
      const [letter] = await steps.letters('ops');
      await steps.outbox.dropDeadLetters({ messages: [letter?.message ?? 0], at: T0 });
      assert.equal(await steps.expire('ops'), 1);
      assert.equal(await held('backup'), 0);
    });

    test('is still told for it if another lane of the same fallback delivers the event', async () => {
      await add({ alerts: ['a'], lanes: ['ops', 'second'] });
      await handOver({ lane: 'second' });
      assert.equal((await giveUp()).handedOver, undefined);
      await send('second', DELIVERED);
      const { events } = await steps.outbox.page({ lane: 'backup', maxEvents: 9, maxBytes: 1 << 20 });
      assert.deepEqual(
        events.map(({ fallbackOf }) => fallbackOf),
        ['ops'],
      );
    });

    test('is delivered by its own lane too if somebody asks for that', async () => {
      await add({ alerts: ['a'] });
      await giveUp();
      const [letter] = await steps.letters('ops');
      await steps.revive(letter?.message ?? 0);
      await send('backup', DELIVERED);
      assert.deepEqual([await waiting('ops'), await held('backup')], [['a'], 0]);
    });

    test('shows in the lane’s reading until somebody decides on it', async () => {
      await add({ alerts: ['a', 'b'] });
      await send('ops', DEAD, { at: T0 });
      await send('ops', { ...DEAD, outcome: 'refused', reason: 'bad_request' }, { at: T0 + MINUTE });
      const { deadLetters, lastDeadLetter } = await steps.reading('ops');
      assert.deepEqual([deadLetters, lastDeadLetter], [2, { diedAt: T0 + MINUTE, reason: 'bad_request' }]);
      for (const { message } of await steps.letters('ops')) await steps.revive(message);
      const after = await steps.reading('ops');
      assert.deepEqual([after.deadLetters, after.lastDeadLetter], [0, undefined]);
    });
  });

  describe(`a message set aside in the outbox on ${name}`, () => {
    const steps = useOutbox(open, LANES);
    const { add, begin, end, handOver, send, start, view, waiting } = steps;
    const standing = async (lane: string): Promise<readonly unknown[]> => {
      const { waiting: events, setAside } = await view(lane);
      return [events, setAside?.history.events];
    };

    test('does not go again once the fallback has told all of it', async () => {
      await add({ alerts: ['a', 'b'] });
      await send('ops', ASIDE, { covers: 2 });
      await handOver();
      await send('backup', DELIVERED, { covers: 2 });
      assert.deepEqual(await standing('ops'), [0, undefined]);
      assert.equal((await steps.letters()).length, 0);
    });

    test('does not go again either if it was in front of all others', async () => {
      await add({ alerts: ['a', 'b'] });
      await send('ops', UNREACHABLE, { covers: 2 });
      await handOver();
      await send('backup', DELIVERED, { covers: 2 });
      const { waiting: events, current } = await view('ops');
      assert.deepEqual([events, current], [0, undefined]);
    });

    test('is composed anew without what the fallback has told', async () => {
      await add({ alerts: ['a', 'b', 'c'] });
      await send('ops', ASIDE, { covers: 2 });
      await handOver();
      await send('backup', DELIVERED);
      assert.deepEqual(
        [await standing('ops'), await waiting('ops')],
        [
          [2, undefined],
          ['b', 'c'],
        ],
      );
    });

    test('does not go again in the fallback once the lane has told it', async () => {
      await add({ alerts: ['a', 'b'] });
      await handOver();
      await send('backup', ASIDE, { covers: 2 });
      await send('ops', DELIVERED);
      assert.deepEqual([await standing('backup'), await waiting('backup')], [[1, undefined], ['b']]);
    });

    test('stays as it is if people may have seen it, or if it is being sent', async () => {
      await add({ alerts: ['a', 'b'] });
      const first = await start('ops');
      await end('ops', first, LOST_ANSWER);
      await end('ops', began(await begin('ops', first)), goesAgain({ setAside: true, ambiguous: true }));
      const second = await start('ops');
      await end('ops', second, ASIDE);
      began(await begin('ops', second));
      await handOver();
      await send('backup', DELIVERED, { covers: 2 });
      assert.equal((await view('ops')).waiting, 2);
    });

    test('stays as it is if both are to tell it', async () => {
      await add({ alerts: ['a'] });
      await send('ops', ASIDE);
      await handOver({ tellTwice: true });
      await send('backup', DELIVERED);
      assert.deepEqual(await standing('ops'), [1, 1]);
    });
  });
}
