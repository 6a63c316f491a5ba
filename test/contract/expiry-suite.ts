/**
 * Expiry as the outbox contract promises it: what waits for too long becomes a dead letter, and until a message has told of it the lane
 * remembers how many there were. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEAD, DELIVERED, LOST_ANSWER, MINUTE, REFUSED, T0, UNREACHABLE } from './outbox-endings.ts';
import { laneOf, namesOf, type OutboxEngine, useOutbox } from './outbox-steps.ts';

/** Runs the cases of expire() over one engine. */
export function describeExpiry(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`expire() of the outbox on ${name}`, () => {
    const steps = useOutbox(open, [laneOf('ops'), laneOf('backup')]);
    const { add, end, expire, handOver, letters, send, start, unseal, waiting } = steps;
    const expired = async (lane = 'ops'): Promise<number> => (await steps.view(lane)).expired;

    test('makes a dead letter of what waits since before the time, without an attempt', async () => {
      await add({ alerts: ['a', 'b'], at: T0 - 2 });
      await add({ alerts: ['c'], at: T0 - 1 });
      await add({ alerts: ['young'], at: T0 });
      assert.equal(await expire('ops', { before: T0 }), 3);
      assert.equal(await expire('ops', { before: T0 }), 0);
      const [letter = assert.fail(), ...others] = await letters();
      const { events, message: _, detail, ...rest } = letter;
      assert.deepEqual([namesOf(events), others], [['a', 'b', 'c'], []]);
      assert.notEqual(detail, '');
      assert.deepEqual(rest, {
        lane: 'ops',
        form: 'none',
        reason: 'expired',
        diedAt: T0 + MINUTE,
        attempts: 0,
        history: [],
      });
    });

    test('takes them out of the lane, and leaves the rest as it was', async () => {
      await add({ alerts: ['a', 'b'], at: T0 - 2 });
      await add({ alerts: ['young'] });
      await expire('ops', { before: T0 });
      const { waiting: count, unsealed, oldestAt, frontRank } = await steps.view('ops');
      assert.deepEqual([count, unsealed, oldestAt, frontRank], [1, 1, T0, 2]);
      assert.deepEqual(await waiting('ops'), ['young']);
    });

    test('looks at one rank of one lane', async () => {
      for (const rank of [0, 2, 4]) await add({ alerts: [`r${rank}`], rank, lanes: ['ops', 'backup'] });
      assert.equal(await expire('ops', { rank: 2 }), 1);
      assert.deepEqual(await waiting('ops'), ['r0', 'r4']);
      assert.deepEqual(await waiting('backup'), ['r0', 'r2', 'r4']);
    });

    test('takes what is left of a notification, and ends the storm when the lane is empty', async () => {
      await add({ alerts: ['a', 'b', 'c', 'd'] });
      await send('ops', DELIVERED, { covers: 2 });
      assert.equal((await steps.view('ops')).part, 2);
      assert.equal(await expire('ops'), 2);
      assert.equal((await steps.view('ops')).part, 1);
    });

    test('never takes what is sealed, only what waits again after a seal was void', async () => {
      await add({ alerts: ['a', 'b'] });
      const started = await start('ops', { covers: 2 });
      assert.equal(await expire('ops'), 0);
      await end('ops', started, UNREACHABLE);
      assert.equal(await expire('ops'), 0);
      assert.equal((await steps.view('ops')).waiting, 2);
      await unseal('ops', started);
      assert.equal(await expire('ops'), 2);
    });

    test('takes a batch at a time, and none is forgotten', async () => {
      for (let index = 0; index < 70; index++) await add({ alerts: [`a${index}`] });
      let sum = 0;
      for (let count = await expire('ops'); count > 0; count = await expire('ops')) sum += count;
      assert.equal(sum, 70);
      const ids = (await letters()).flatMap(({ events }) => namesOf(events));
      assert.deepEqual(
        ids,
        Array.from({ length: 70 }, (_, index) => `a${index}`),
      );
      assert.equal((await steps.view('ops')).waiting, 0);
    });

    test('leaves what the fallback was given, here; there it expires as anything', async () => {
      await add({ alerts: ['a', 'b'], lanes: ['ops'] });
      await handOver();
      await add({ alerts: ['own'], lanes: ['ops'] });
      assert.equal(await expire('ops'), 1);
      assert.deepEqual(await waiting('ops'), ['a', 'b']);
      assert.equal(await expire('backup'), 2);
      assert.deepEqual([await expired('ops'), await expired('backup')], [1, 2]);
    });

    test('takes what the fallback was given and has given up on', async () => {
      await add({ alerts: ['a', 'b'] });
      await handOver();
      assert.equal(await expire('ops'), 0);
      const started = await start('backup');
      assert.equal(await expire('backup'), 1);
      assert.equal(await expire('ops'), 0);
      await end('backup', started, DEAD);
      assert.equal(await expire('ops'), 2);
    });

    test('looks past what it leaves, however much that is', async () => {
      for (let index = 0; index < 64; index++) await add({ alerts: [`a${index}`] });
      await handOver();
      await add({ alerts: ['late'] });
      assert.equal(await expire('ops'), 1);
      assert.deepEqual(namesOf((await letters('ops'))[0]?.events ?? []), ['late']);
    });

    test('takes what the fallback was given if that need not tell it in the lane’s place', async () => {
      await add({ alerts: ['a'] });
      await handOver({ tellTwice: true });
      await add({ alerts: ['b'], lanes: ['ops', 'backup'] });
      await handOver();
      assert.equal(await expire('ops'), 2);
      assert.deepEqual(await waiting('backup'), ['a', 'b']);
    });

    test('a letter that is tried again waits anew: since it was asked, not since its receipt', async () => {
      await add({ alerts: ['a'], at: T0 - 60 * MINUTE });
      await expire('ops');
      const [letter = assert.fail()] = await letters();
      await steps.revive(letter.message, T0);
      assert.equal((await steps.view('ops')).oldestAt, T0);
      assert.equal(await expire('ops', { before: T0 }), 0);
      assert.deepEqual(await waiting('ops'), ['a']);
      const { events } = await steps.outbox.page({ lane: 'ops', maxEvents: 1, maxBytes: 1 });
      assert.equal(events[0]?.piece.receivedAt, T0 - 60 * MINUTE);
      assert.equal(await expire('ops', { before: T0 + 1 }), 1);
    });

    test('its letters are kept and go as all do, and their notifications with them', async () => {
      await add({ alerts: ['a'], lanes: ['ops', 'backup'] });
      await send('backup', DELIVERED);
      await expire('ops');
      assert.equal(await steps.prune(T0 + MINUTE), 1);
      assert.equal(await steps.prune(T0 + MINUTE + 1), 1);
      assert.deepEqual(await letters(), []);
      // The notification, which nobody holds any more.
      assert.equal(await steps.prune(T0 + 2 * MINUTE), 1);
    });

    describe('the view says of how many no message has told', () => {
      test('those of all batches and ranks together, until a message tells of them', async () => {
        await add({ alerts: ['a', 'b', 'c'], at: T0 - 2 });
        await add({ alerts: ['d'], rank: 4, at: T0 - 2 });
        await add({ alerts: ['young'] });
        assert.equal(await expired(), 0);
        await expire('ops', { before: T0 });
        await expire('ops', { before: T0, rank: 4 });
        assert.equal(await expired(), 4);
        const started = await start('ops', { expiredTold: 4 });
        assert.equal(await expired(), 0);
        await end('ops', started, DELIVERED);
        assert.equal(await expired(), 0);
      });

      for (const { what, ending, left } of [
        { what: 'was given up on', ending: DEAD, left: 2 },
        { what: 'is to be composed anew', ending: REFUSED, left: 2 },
        { what: 'goes again as it is', ending: LOST_ANSWER, left: 0 },
      ]) {
        test(`${left} when the message that told of two ${what}`, async () => {
          await add({ alerts: ['a', 'b'], at: T0 - 2 });
          await add({ alerts: ['young'] });
          await expire('ops', { before: T0 });
          await send('ops', ending, { expiredTold: 2 });
          assert.equal(await expired(), left);
        });
      }

      test('again when the seal of the message that told of them is voided, with those since', async () => {
        await add({ alerts: ['a', 'b'], at: T0 - 2 });
        await add({ alerts: ['young', 'next'] });
        await expire('ops', { before: T0 });
        const started = await start('ops', { expiredTold: 2 });
        await end('ops', started, UNREACHABLE);
        assert.equal(await expire('ops'), 1);
        await unseal('ops', started);
        assert.equal(await expired(), 3);
      });

      test('also after a restart', async () => {
        await add({ alerts: ['a'] });
        await expire('ops');
        await steps.restart();
        assert.equal(await expired(), 1);
      });
    });
  });
}
