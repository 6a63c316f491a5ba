/**
 * A lane's trouble as the outbox contract promises it: since when and why it could not deliver, when it may try again, and when it was
 * over. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { Doubts, Trouble } from '../../src/core/outbox/contract.ts';
import {
  DEAD,
  DELIVERED,
  type Ending,
  goesAgain,
  LOST_ANSWER,
  MINUTE,
  REFUSED,
  T0,
} from './outbox-endings.ts';
import { began, laneOf, type OutboxEngine, useOutbox } from './outbox-steps.ts';

const OUTAGE: Ending = failing({ cause: 'outage', failures: 1, retryAt: T0 + 5 * MINUTE });

/** Runs the cases of trouble over one engine. */
export function describeTrouble(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`the trouble of a lane on ${name}`, () => {
    const steps = useOutbox(open, [laneOf('ops'), laneOf('other')]);
    const { add, begin, end, send, start } = steps;
    const trouble = async (at = T0): Promise<Trouble | undefined> => (await steps.view('ops', at)).trouble;
    /** One more attempt of the message that the lane must get through. */
    const retry = async (ending: Ending, at: number): Promise<void> => {
      const { current = assert.fail('nothing is under way') } = await steps.view('ops', at);
      await end('ops', began(await begin('ops', { message: current }, { at })), ending, at);
    };

    beforeEach(async () => {
      await add({ alerts: ['a', 'b', 'c'], lanes: ['ops', 'other'] });
    });

    test('there is none at first, nor while all goes well', async () => {
      assert.equal(await trouble(), undefined);
      await send('ops', DELIVERED);
      assert.equal(await trouble(), undefined);
    });

    test('has its cause, its beginning, how often in a row, and when to try again; the lane’s alone', async () => {
      await send('ops', OUTAGE, { at: T0 + 7 });
      const expected = { cause: 'outage', since: T0 + 7, failures: 1, retryAt: T0 + 5 * MINUTE };
      assert.deepEqual(await trouble(T0 + 7), expected);
      assert.deepEqual((await steps.reading('ops')).trouble, expected);
      assert.equal((await steps.reading('other')).trouble, undefined);
    });

    test('keeps its beginning while it lasts, whatever its cause comes to be', async () => {
      await send('ops', OUTAGE);
      await retry(failing({ cause: 'setting', failures: 0, retryAt: T0 + MINUTE }), T0 + MINUTE);
      assert.deepEqual(await trouble(T0 + MINUTE), {
        cause: 'setting',
        since: T0,
        failures: 0,
        retryAt: T0 + MINUTE,
      });
    });

    test('ends with a delivery, and is remembered', async () => {
      await send('ops', OUTAGE);
      await retry(DELIVERED, T0 + MINUTE);
      const { cause, since, endedAt, failures } = (await trouble(T0 + 2 * MINUTE)) ?? {};
      assert.deepEqual([cause, since, endedAt, failures], ['outage', T0, T0 + MINUTE, 0]);
    });

    for (const { how, ending } of [
      {
        how: 'an attempt that notifierd itself ended',
        ending: { ...LOST_ANSWER, reason: 'aborted' as const },
      },
      { how: 'a message given up on', ending: DEAD },
      { how: 'a message that is refused: all may be', ending: REFUSED },
    ]) {
      test(`does not end with ${how}`, async () => {
        await send('ops', OUTAGE);
        const before = await trouble();
        await retry(ending, T0 + MINUTE);
        assert.deepEqual(await trouble(T0 + MINUTE), before);
      });
    }

    test('does not end, or begin, with what another lane is answered', async () => {
      await send('ops', OUTAGE);
      const before = await trouble();
      await send('other', DELIVERED);
      assert.deepEqual(await trouble(), before);
    });

    test('once over, the next one begins anew; a later delivery does not end it again', async () => {
      await send('ops', OUTAGE);
      await retry(DELIVERED, T0 + MINUTE);
      await send('ops', DELIVERED, { at: T0 + 2 * MINUTE });
      assert.equal((await trouble(T0 + 2 * MINUTE))?.endedAt, T0 + MINUTE);
      await send('ops', failing({ cause: 'limit', failures: 0, retryAt: T0 }), { at: T0 + 3 * MINUTE });
      assert.deepEqual(await trouble(T0 + 3 * MINUTE), {
        cause: 'limit',
        since: T0 + 3 * MINUTE,
        failures: 0,
        retryAt: T0,
      });
    });

    test('is named while whatever is sent is answered alike, and no longer once its cause is another', async () => {
      const toAll = { reason: 'unknown_code', detail: 'errcode 47777' } as const;
      await send('ops', failing({ cause: 'outage', failures: 2, retryAt: T0, toAll }));
      assert.deepEqual((await trouble())?.toAll, toAll);
      assert.deepEqual((await steps.reading('ops')).trouble?.toAll, toAll);
      await retry(OUTAGE, T0 + MINUTE);
      assert.equal((await trouble(T0 + MINUTE))?.toAll, undefined);
    });

    describe('what may be the fault of the channel or of a message', () => {
      const doubts = async (): Promise<Doubts> => (await steps.view('ops')).doubts;
      const FAILED: Ending = { ...goesAgain({ setAside: true, doubt: 'failures' }), reason: 'unknown_code' };
      const BURIED: Ending = { ...DEAD, settlement: { ...DEAD.settlement, doubt: 'refusals' } };

      test('is counted until the lane delivers, over messages and restarts', async () => {
        assert.deepEqual(await doubts(), { failures: 0, refusals: 0 });
        await send('ops', FAILED);
        await send('ops', BURIED);
        await steps.restart(T0);
        await send('ops', FAILED);
        assert.deepEqual(await doubts(), { failures: 2, refusals: 1 });
        await add({ alerts: ['d'] });
        await send('other', DELIVERED);
        assert.deepEqual(await doubts(), { failures: 2, refusals: 1 });
        await send('ops', DELIVERED);
        assert.deepEqual(await doubts(), { failures: 0, refusals: 0 });
      });

      test('a message knows if others were delivered since it last failed', async () => {
        const passed = async (): Promise<boolean | undefined> =>
          (await steps.view('ops')).setAside?.history.othersPassed;
        await send('ops', FAILED);
        assert.equal(await passed(), false);
        await send('other', DELIVERED);
        assert.equal(await passed(), false, 'another lane’s delivery says nothing');
        await send('ops', DELIVERED);
        assert.equal(await passed(), true);
        const { setAside = assert.fail() } = await steps.view('ops');
        const again = began(await begin('ops', { message: setAside }));
        assert.equal(again.message.history.othersPassed, true);
        await end('ops', again, FAILED);
        assert.equal(await passed(), false);
      });

      test('of the messages set aside that are due, the one tried least recently comes next', async () => {
        const next = async (at = T0): Promise<number | undefined> =>
          (await steps.view('ops', at)).setAside?.ref;
        const first = await send('ops', FAILED);
        const second = await send('ops', FAILED);
        assert.equal(await next(), first);
        const { setAside = assert.fail() } = await steps.view('ops');
        await end('ops', began(await begin('ops', { message: setAside })), FAILED);
        assert.equal(await next(), second);
      });
    });

    test('an attempt settled twice counts once', async () => {
      const started = await start('ops');
      await end('ops', started, OUTAGE);
      const before = await trouble();
      await end('ops', started, DELIVERED, T0 + MINUTE);
      assert.deepEqual(await trouble(), before);
    });

    test('outlives a restart, after which the lane tries at once', async () => {
      await send('ops', OUTAGE);
      await steps.restart(T0 + MINUTE);
      assert.deepEqual(await trouble(T0 + MINUTE), {
        cause: 'outage',
        since: T0,
        failures: 1,
        retryAt: T0 + MINUTE,
      });
    });

    describe('after the clock was set back', () => {
      const back = T0 - 60 * MINUTE;

      test('counts from the first look, and not anew with each', async () => {
        await send('ops', OUTAGE);
        for (const at of [back, back + MINUTE]) {
          const { since, retryAt } = (await trouble(at)) ?? {};
          assert.deepEqual([since, retryAt], [back, back + 5 * MINUTE]);
        }
      });

      test('a wait that was decided since is not prolonged', async () => {
        await send('ops', OUTAGE);
        const { current = assert.fail() } = await steps.view('ops');
        const started = began(await begin('ops', { message: current }));
        const retryAt = back + 5 * MINUTE;
        await end('ops', started, failing({ cause: 'outage', failures: 2, retryAt }), back);
        assert.deepEqual(await trouble(back + 4 * MINUTE), {
          cause: 'outage',
          since: back + 4 * MINUTE,
          failures: 2,
          retryAt,
        });
      });

      test('ended no later than now', async () => {
        await send('ops', OUTAGE);
        await retry(DELIVERED, T0 + MINUTE);
        const { since, endedAt } = (await trouble(back)) ?? {};
        assert.deepEqual([since, endedAt], [back, back]);
      });
    });
  });
}

function failing(trouble: NonNullable<Ending['settlement']['trouble']>): Ending {
  return goesAgain({ trouble });
}
