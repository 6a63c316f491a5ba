/**
 * Events that wait in a lane and in its fallback's, as the outbox contract promises it: whoever tells one first takes it out of the
 * other, what is sealed goes its way, and nothing is forgotten. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { DEAD, DELIVERED, LOST_ANSWER, MINUTE, REFUSED, T0, UNREACHABLE } from './outbox-endings.ts';
import { began, laneOf, namesOf, type OutboxEngine, useOutbox } from './outbox-steps.ts';

const LANES = ['ops', 'second', 'backup'].map((name) => laneOf(name));

/** Runs the cases of events in two lanes over one engine. */
export function describeToldOnce(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`events in two lanes of the outbox on ${name}`, () => {
    const steps = useOutbox(open, LANES);
    const { add, end, handOver, send, start, unseal, view, waiting } = steps;
    /** Events in the lane, sealed ones among them. */
    const held = async (lane: string): Promise<number> => (await view(lane)).waiting;
    const none = { events: 0, more: false };

    for (const { tellTwice, left } of [
      { tellTwice: false, left: ['own'] },
      { tellTwice: true, left: ['a', 'own'] },
    ]) {
      const what = tellTwice ? 'stays in the fallback that tells it all the same' : 'is told there only';
      test(`what the lane delivers with a message that was sealed before it was handed over ${what}`, async () => {
        await add({ alerts: ['a'] });
        await add({ alerts: ['own'], lanes: ['ops', 'backup'] });
        const started = await start('ops', { covers: 2 });
        await end('ops', started, LOST_ANSWER);
        await handOver({ tellTwice });
        assert.deepEqual(await waiting('backup'), ['a', 'own']);
        await end('ops', began(await steps.begin('ops', started)), DELIVERED);
        assert.deepEqual([await held('ops'), await waiting('backup')], [0, left]);
      });
    }

    describe('whoever tells an event first takes it out of the other lane:', () => {
      beforeEach(async () => {
        await add({ alerts: ['a', 'b', 'c', 'd'] });
        await handOver();
      });

      test('the fallback', async () => {
        await send('backup', DELIVERED, { covers: 2 });
        assert.deepEqual([await waiting('ops'), await held('ops')], [['c', 'd'], 2]);
        assert.deepEqual([await waiting('backup'), await held('backup')], [['c', 'd'], 2]);
      });

      test('the lane', async () => {
        await send('ops', DELIVERED, { covers: 3 });
        assert.deepEqual([await waiting('backup'), await held('backup')], [['d'], 1]);
      });

      test('each in turn, until nothing is left and the notification can go', async () => {
        await send('ops', DELIVERED);
        await send('backup', DELIVERED);
        await send('backup', DELIVERED);
        await send('ops', DELIVERED);
        assert.deepEqual([await held('ops'), await held('backup')], [0, 0]);
        // Four messages and the notification.
        assert.equal(await steps.prune(), 5);
        assert.equal(await steps.prune(), 0);
      });

      for (const [first, other] of [
        ['ops', 'backup'],
        ['backup', 'ops'],
      ] as const) {
        test(`${first}, while a message of ${other} holds it: that one goes its way`, async () => {
          const started = await start(other, { covers: 2 });
          await send(first, DELIVERED, { covers: 4 });
          assert.equal(await held(other), 2);
          assert.deepEqual(await end(other, started, DELIVERED), {
            events: 2,
            received: [{ at: T0, events: 2 }],
          });
          assert.equal(await held(other), 0);
          assert.equal(await steps.prune(), 3);
        });

        test(`${first}, and a message of ${other} whose seal is voided later gives it back to nobody`, async () => {
          const started = await start(other, { covers: 3 });
          await end(other, started, UNREACHABLE);
          await send(first, DELIVERED, { covers: 2 });
          await unseal(other, started);
          assert.deepEqual([await waiting(other), await held(other)], [['c', 'd'], 2]);
          await send(other, DELIVERED, { covers: 2 });
          assert.deepEqual([await held('ops'), await held('backup')], [0, 0]);
          assert.equal(await steps.prune(), 4);
        });

        test(`${first}, and one of ${other} that is refused later is composed anew without it`, async () => {
          const started = await start(other, { covers: 3 });
          await send(first, DELIVERED, { covers: 2 });
          await end(other, started, REFUSED);
          assert.deepEqual([await waiting(other), await held(other)], [['c'], 2]);
        });

        test(`${first}, and a page that ${other} has read before cannot be sealed`, async () => {
          const { events, mends } = await steps.outbox.page({ lane: other, maxEvents: 3, maxBytes: 1 << 20 });
          await send(first, DELIVERED, { covers: 2 });
          const { paceKey, paceMark } = await steps.credential(other);
          const stale = await steps.outbox.seal({
            ...steps.leaseOf(other),
            id: 'x',
            form: 'text',
            body: '',
            mends,
            covers: events.map((event) => event.place),
            expiredTold: 0,
            under: { paceKey, paceMark },
            at: T0,
          });
          assert.equal(stale, 'stale');
          assert.deepEqual([await waiting(other), await held(other)], [['c', 'd'], 2]);
          assert.deepEqual((await steps.credential(other)).starts, []);
        });
      }

      test('the fallback that gave up on it has not told it: the lane keeps it', async () => {
        await send('backup', DEAD, { covers: 4 });
        assert.deepEqual(await waiting('ops'), ['a', 'b', 'c', 'd']);
        const [letter = assert.fail()] = await steps.letters('backup');
        assert.ok(letter.events.every(({ fallbackOf }) => fallbackOf === 'ops'));
        await steps.revive(letter.message);
        await send('backup', DELIVERED, { covers: 3 });
        assert.deepEqual(await waiting('ops'), ['d']);
      });

      test('the lane that gave up on it has not told it: the fallback does', async () => {
        await send('ops', DEAD, { covers: 4 });
        assert.deepEqual(await waiting('backup'), ['a', 'b', 'c', 'd']);
        await send('backup', DELIVERED, { covers: 4 });
        assert.deepEqual(namesOf((await steps.letters('ops'))[0]?.events ?? []), ['a', 'b', 'c', 'd']);
      });

      test('also after a restart', async () => {
        await steps.restart();
        await send('backup', DELIVERED, { covers: 4 });
        assert.equal(await held('ops'), 0);
      });
    });

    describe('to be told twice', () => {
      beforeEach(async () => {
        await add({ alerts: ['a', 'b'] });
        await handOver({ tellTwice: true });
      });

      test('what the fallback has told stays in the lane, and is not given again', async () => {
        await send('backup', DELIVERED, { covers: 2 });
        assert.deepEqual(await handOver({ tellTwice: true }), none);
        assert.deepEqual(await waiting('ops'), ['a', 'b']);
        await send('ops', DELIVERED, { covers: 2 });
        assert.equal(await held('ops'), 0);
        assert.equal(await steps.prune(), 3);
      });

      test('also what it told while a message of the lane held it that is voided later', async () => {
        const started = await start('ops');
        await end('ops', started, UNREACHABLE);
        await send('backup', DELIVERED, { covers: 2 });
        await unseal('ops', started);
        assert.deepEqual(await waiting('ops'), ['a', 'b']);
      });
    });

    describe('from two lanes with one fallback', () => {
      beforeEach(async () => {
        await add({ alerts: ['a', 'b'], lanes: ['ops', 'second'] });
      });

      test('gives it each event once, and its delivery takes it out of both', async () => {
        await handOver();
        assert.deepEqual(await handOver({ lane: 'second' }), none);
        assert.deepEqual(await waiting('backup'), ['a', 'b']);
        await send('backup', DELIVERED);
        assert.deepEqual([await waiting('ops'), await waiting('second')], [['b'], ['b']]);
        await send('backup', DELIVERED);
        assert.deepEqual([await held('ops'), await held('second'), await held('backup')], [0, 0, 0]);
        assert.equal(await steps.prune(), 3);
      });

      test('is told for one of them what the other has delivered, until that one has, too', async () => {
        await handOver();
        await handOver({ lane: 'second' });
        await send('ops', DELIVERED);
        const { events } = await steps.outbox.page({ lane: 'backup', maxEvents: 9, maxBytes: 1 << 20 });
        assert.deepEqual(
          events.map(({ fallbackOf }) => fallbackOf),
          ['second', 'ops'],
        );
        await send('second', DELIVERED);
        assert.deepEqual([await waiting('backup'), await waiting('ops')], [['b'], ['b']]);
        await send('second', DELIVERED);
        await send('ops', DELIVERED);
        assert.equal(await held('backup'), 0);
        assert.equal(await steps.prune(), 5);
      });

      test('has a seal voided: what it held waits for the one that has not told it', async () => {
        await handOver();
        await handOver({ lane: 'second' });
        const started = await start('backup', { covers: 2 });
        await end('backup', started, UNREACHABLE);
        await send('ops', DELIVERED);
        await unseal('backup', started);
        assert.deepEqual(
          [await waiting('backup'), await waiting('second')],
          [
            ['a', 'b'],
            ['a', 'b'],
          ],
        );
      });

      test('what it has told for one need not wait in the other, which is asked later', async () => {
        await handOver();
        await send('backup', DELIVERED);
        assert.deepEqual(await handOver({ lane: 'second' }), none);
        assert.deepEqual([await waiting('second'), await held('second')], [['b'], 1]);
        await send('backup', DELIVERED);
        assert.equal(await held('second'), 0);
        assert.equal(await steps.prune(), 3);
      });

      test('what it has told for one stays in the other, if that one tells twice', async () => {
        await handOver();
        await send('backup', DELIVERED);
        await handOver({ lane: 'second', tellTwice: true });
        assert.deepEqual([await waiting('ops'), await waiting('second')], [['b'], ['a', 'b']]);
        await send('backup', DELIVERED);
        assert.deepEqual([await waiting('ops'), await waiting('second')], [[], ['a', 'b']]);
      });
    });

    test('nothing of it holds up retention: a notification goes once both lanes are through', async () => {
      await add({ alerts: ['a', 'b', 'c'] });
      const started = await start('ops');
      await end('ops', started, LOST_ANSWER);
      await handOver();
      await send('backup', DELIVERED, { covers: 2 });
      // That message alone.
      assert.equal(await steps.prune(), 1);
      assert.deepEqual([await waiting('ops'), await waiting('backup')], [['c'], ['c']]);
      await send('backup', DEAD);
      await send('ops', DELIVERED);
      await end('ops', began(await steps.begin('ops', started)), DELIVERED);
      assert.deepEqual([await held('ops'), await held('backup')], [0, 0]);
      // Two messages and the letter, then the notification.
      assert.equal(await steps.prune(), 3);
      assert.equal(await steps.prune(T0 + 120 * MINUTE), 1);
    });
  });
}
