/**
 * Handing over as the outbox contract promises it: what a lane gives to its fallback waits in both, marked, once; told-once-suite.ts
 * goes on from there. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEAD, DELIVERED, goesAgain, LOST_ANSWER, REFUSED, T0 } from './outbox-endings.ts';
import { laneOf, type OutboxEngine, useOutbox } from './outbox-steps.ts';

const LANES = ['ops', 'second', 'backup', 'last'].map((name) => laneOf(name));

/** Runs the cases of handOver() over one engine. */
export function describeHandOver(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`handOver() of the outbox on ${name} gives`, () => {
    const steps = useOutbox(open, LANES);
    const { add, end, handOver, send, start, view, waiting } = steps;
    /** Events in the lane, sealed ones among them. */
    const held = async (lane: string): Promise<number> => (await view(lane)).waiting;
    const none = { events: 0, more: false };

    test('the events of the ranks asked for, in their order, and no others', async () => {
      for (const rank of [4, 2, 0]) await add({ alerts: [`r${rank}`, `s${rank}`], rank });
      assert.deepEqual(await handOver({ ranks: [0, 4] }), { events: 4, more: false });
      assert.deepEqual(await waiting('backup'), ['r0', 's0', 'r4', 's4']);
      assert.deepEqual(await waiting('ops'), ['r0', 's0', 'r2', 's2', 'r4', 's4']);
      assert.deepEqual(await handOver({ ranks: [] }), none);
    });

    test('them marked with the lane that they stand in for, waiting since they came', async () => {
      await add({ at: T0 - 7 });
      await handOver();
      await add({ alerts: ['own'], lanes: ['backup'] });
      const { events } = await steps.outbox.page({ lane: 'backup', maxEvents: 9, maxBytes: 1 << 20 });
      assert.deepEqual(
        events.map(({ fallbackOf, piece }) => [fallbackOf, piece.receivedAt]),
        [
          ['ops', T0 - 7],
          [undefined, T0],
        ],
      );
      const { oldestAt, waiting: count, unsealed, frontRank } = await view('backup');
      assert.deepEqual([oldestAt, count, unsealed, frontRank], [T0 - 7, 2, 2, 2]);
      assert.equal(await held('ops'), 1);
    });

    test('nothing twice, whatever the fallback made of it', async () => {
      await add({ alerts: ['a', 'b', 'c', 'd'] });
      assert.equal((await handOver()).events, 4);
      assert.deepEqual(await handOver(), none);
      await send('backup', DEAD);
      await send('backup', LOST_ANSWER);
      assert.deepEqual(await handOver(), none);
      assert.deepEqual([await waiting('backup'), await held('backup')], [['c', 'd'], 3]);
    });

    test('what comes later when it is asked again', async () => {
      await add({ alerts: ['a'] });
      await handOver();
      await add({ alerts: ['b'] });
      assert.deepEqual(await handOver(), { events: 1, more: false });
      assert.deepEqual(await waiting('backup'), ['a', 'b']);
    });

    for (const { what, ending } of [
      { what: 'has been told', ending: DELIVERED },
      { what: 'has in a message', ending: LOST_ANSWER },
      { what: 'has given up on', ending: DEAD },
    ]) {
      test(`nothing that the routes sent there too and that it waits with or ${what}`, async () => {
        await add({ alerts: ['a', 'b'], lanes: ['ops', 'backup'] });
        await send('backup', ending);
        const before = await held('backup');
        assert.deepEqual(await handOver(), none);
        assert.equal(await held('backup'), before);
        assert.deepEqual(await waiting('ops'), ['a', 'b']);
      });
    }

    test('nothing if nobody knows the fallback', async () => {
      await add();
      assert.deepEqual(await handOver({ to: 'nobody' }), none);
      assert.equal((await handOver()).events, 1);
    });

    test('a batch at a time, and says if there may be more', async () => {
      for (let index = 0; index < 70; index++) await add({ alerts: [`a${index}`] });
      assert.deepEqual(
        [await handOver(), await handOver()],
        [
          { events: 64, more: true },
          { events: 6, more: false },
        ],
      );
      assert.deepEqual(await waiting('backup'), await waiting('ops'));
    });

    test('what is sealed as well, once, and leaves the message as it is', async () => {
      await add({ alerts: ['a', 'b', 'c'] });
      const started = await start('ops', { covers: 2 });
      await end('ops', started, LOST_ANSWER);
      const before = (await view('ops')).current;
      assert.deepEqual([await handOver(), await handOver()], [{ events: 3, more: false }, none]);
      assert.deepEqual(await waiting('backup'), ['a', 'b', 'c']);
      assert.deepEqual((await view('ops')).current, before);
      await send('backup', DELIVERED, { covers: 3 });
      assert.deepEqual([await held('ops'), (await view('ops')).current], [2, before]);
    });

    test('of what is sealed, too, no rank that was not asked for, and nothing that the fallback has', async () => {
      await add({ alerts: ['a'], rank: 0 });
      await add({ alerts: ['b'], lanes: ['ops', 'backup'] });
      await send('ops', LOST_ANSWER, { covers: 2 });
      assert.deepEqual(await handOver({ ranks: [2] }), none);
      assert.deepEqual(await waiting('backup'), ['b']);
    });

    test('an event that was refused, without its mends', async () => {
      await add();
      await send('ops', REFUSED);
      await handOver();
      const mendsOf = async (lane: string): Promise<readonly string[]> =>
        (await steps.outbox.page({ lane, maxEvents: 1, maxBytes: 1 })).mends;
      assert.deepEqual([await mendsOf('ops'), await mendsOf('backup')], [['shorter'], []]);
    });

    test('the states of an alert in their order, one of them set aside', async () => {
      await add({ alerts: ['a'] });
      await send('ops', goesAgain({ setAside: true }));
      await add({ alerts: ['a', 'b'], state: 'resolved' });
      assert.deepEqual(await waiting('ops'), ['b']);
      await handOver();
      assert.deepEqual(await waiting('backup'), ['a', 'a', 'b']);
    });

    test('nothing on that it got from another: a fallback’s own fallback is told of the fallback’s own only', async () => {
      await add({ alerts: ['a', 'b'] });
      await handOver();
      await send('backup', LOST_ANSWER);
      await add({ alerts: ['own'], lanes: ['backup'] });
      assert.deepEqual(await handOver({ lane: 'backup', to: 'last' }), { events: 1, more: false });
      assert.deepEqual(await waiting('last'), ['own']);
    });
  });
}
