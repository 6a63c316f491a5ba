/**
 * Voiding seals as the outbox contract promises it: events of a message that nobody can have seen wait as if they had never been sealed,
 * and those of any other do not. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import {
  DEAD,
  DELIVERED,
  goesAgain,
  LOST_ANSWER,
  MINUTE,
  REFUSED,
  T0,
  UNREACHABLE,
} from './outbox-endings.ts';
import { began, laneOf, type OutboxEngine, useOutbox } from './outbox-steps.ts';

/** Runs the cases of unseal() over one engine. */
export function describeUnseal(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`unseal() of the outbox on ${name}`, () => {
    const steps = useOutbox(open, [laneOf('ops')]);
    const { add, begin, end, seal, send, start, unseal, waiting } = steps;

    beforeEach(async () => {
      await add({ alerts: ['a', 'b', 'c'], at: T0 - 5 });
    });

    test('the events wait again at their old places, in front of what came since and behind what is worse', async () => {
      const started = await start('ops', { covers: 2 });
      await end('ops', started, UNREACHABLE);
      await add({ alerts: ['d'] });
      await add({ alerts: ['worse'], rank: 0 });
      await unseal('ops', started);
      assert.deepEqual(await waiting('ops'), ['worse', 'a', 'b', 'c', 'd']);
      const { current, unsealed, waiting: count, oldestAt } = await steps.view('ops');
      assert.deepEqual([current, unsealed, count, oldestAt], [undefined, 5, 5, T0 - 5]);
    });

    test('they go in a message of their own, and the voided one never again', async () => {
      const started = await start('ops');
      await end('ops', started, UNREACHABLE);
      await unseal('ops', started);
      assert.equal(await begin('ops', started), 'stale');
      const { message } = await start('ops');
      assert.notEqual(message.ref, started.message.ref);
      const [fate] = await steps.outbox.dropDeadLetters({ messages: [started.message.ref], at: T0 });
      assert.deepEqual(fate, { kind: 'not_dead', message: started.message.ref, state: 'voided' });
    });

    test('nothing about the next message has to differ', async () => {
      await send('ops', REFUSED, { covers: 2 });
      const mended = await start('ops');
      assert.deepEqual(mended.message.history.mends, ['shorter']);
      await end('ops', mended, UNREACHABLE);
      await unseal('ops', mended);
      const { events, mends } = await steps.outbox.page({ lane: 'ops', maxEvents: 1, maxBytes: 1 });
      assert.deepEqual([events.length, mends], [1, []]);
    });

    test('what waited for a message set aside waits for it no more', async () => {
      const started = await start('ops');
      await end('ops', started, goesAgain({ setAside: true }));
      await add({ alerts: ['a'], state: 'resolved' });
      assert.deepEqual(await waiting('ops'), ['b', 'c']);
      await unseal('ops', started);
      assert.deepEqual(await waiting('ops'), ['a', 'b', 'c', 'a']);
      assert.equal((await steps.view('ops')).setAside, undefined);
    });

    for (const { what, ending } of [
      { what: 'that people may have seen', ending: LOST_ANSWER },
      { what: 'that was delivered', ending: DELIVERED },
      { what: 'that was given up on', ending: DEAD },
      { what: 'whose seal is void already', ending: REFUSED },
    ]) {
      test(`a message ${what} is left alone`, async () => {
        const started = await start('ops');
        await end('ops', started, ending);
        const before = [await steps.view('ops'), await waiting('ops')];
        await unseal('ops', started, T0 + MINUTE);
        assert.deepEqual([await steps.view('ops'), await waiting('ops')], before);
      });
    }

    test('a message that is being sent is left alone', async () => {
      const started = await start('ops');
      await unseal('ops', started);
      assert.equal((await steps.view('ops')).current?.ref, started.message.ref);
      assert.equal((await end('ops', started, DELIVERED)).events, 1);
    });

    test('a message that a killed notifierd was sending is left alone', async () => {
      const started = await start('ops');
      await steps.restart();
      await unseal('ops', started);
      assert.equal((await steps.view('ops')).current?.ref, started.message.ref);
    });

    test('the order of an alert’s states is kept through it', async () => {
      const started = await start('ops', { covers: 3 });
      await end('ops', started, UNREACHABLE);
      await add({ alerts: ['b'], state: 'resolved' });
      await unseal('ops', started);
      assert.deepEqual(began(await seal('ops', { covers: 9 })).message.body, 'a b c b');
    });
  });
}
