/**
 * Credentials, and what holds them, as the outbox contract promises it: whom a hold concerns, and that after one a single lane goes
 * ahead. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { Hold, HoldScope } from '../../src/core/outbox/contract.ts';
import { takeLanes } from './lease-steps.ts';
import { DELIVERED, type Ending, goesAgain, LOST_ANSWER, MINUTE, REFUSED, T0 } from './outbox-endings.ts';
import { began, laneOf, type OutboxEngine, useOutbox } from './outbox-steps.ts';

const LANES = [
  laneOf('ops', { paceKeys: ['shared', 'spare'] }),
  laneOf('twin', { paceKeys: ['shared'] }),
  laneOf('other'),
  laneOf('log', { plugin: 'console' }),
];
/** When the holds of these cases are over. */
const OVER = T0 + 10 * MINUTE;

/** Runs the credentials' cases over one engine. */
export function describeCredentials(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`the credentials of the outbox on ${name}`, () => {
    const steps = useOutbox(open, LANES);
    const { add, begin, credential, end, seal, send, start } = steps;

    /** Each lane's credentials that are held, as `lane key`. */
    const held = async (): Promise<string[]> => {
      const uses = LANES.flatMap((lane) => lane.paceKeys.map((paceKey) => ({ lane: lane.name, paceKey })));
      const found: string[] = [];
      for (const { lane, paceKey } of uses)
        if ((await credential(lane, paceKey)).hold !== undefined) found.push(`${lane} ${paceKey}`);
      return found;
    };

    beforeEach(async () => {
      await add({ alerts: ['a', 'b', 'c'], lanes: ['ops', 'twin', 'other', 'log'] });
    });

    test('each has starts and a mark of its own: a start under one makes nothing under another stale', async () => {
      const before = await credential('ops', 'spare');
      await send('ops', DELIVERED, { paceKey: 'shared', at: T0 + 5 });
      assert.deepEqual(await credential('ops', 'spare', T0 + 9), before);
      for (const lane of ['ops', 'twin']) {
        const { starts, paceMark } = await credential(lane, 'shared', T0 + 9);
        assert.deepEqual([starts, paceMark > before.paceMark], [[T0 + 5], true]);
      }
    });

    test('show the latest hundred starts, oldest first', async () => {
      let started = await start('ops', { at: T0 });
      for (let count = 1; count <= 100; count++) {
        await end('ops', started, LOST_ANSWER, T0 + count);
        started = began(await begin('ops', started, { at: T0 + count }));
      }
      const { starts } = await credential('ops', 'shared', T0 + MINUTE);
      assert.deepEqual([starts.length, starts[0], starts.at(-1)], [100, T0 + 1, T0 + 100]);
    });

    test('show the latest start alone to whoever asks for no more, with the same mark', async () => {
      let started = await start('ops', { at: T0 });
      for (const at of [T0 + 1, T0 + 2]) {
        await end('ops', started, LOST_ANSWER, at);
        started = began(await begin('ops', started, { at }));
      }
      const { paceMark } = await credential('ops', 'shared', T0 + 9);
      const look = await steps.outbox.view({ lane: 'ops', at: T0 + 9, latestStartOnly: true });
      const latest = look.credentials.find(({ paceKey }) => paceKey === 'shared');
      assert.deepEqual([latest?.starts, latest?.paceMark], [[T0 + 2], paceMark]);
    });

    test('a message says under which its latest attempt went', async () => {
      const first = await start('ops', { paceKey: 'shared' });
      assert.equal(first.message.paceKey, 'shared');
      await end('ops', first, LOST_ANSWER);
      const second = began(await begin('ops', first, { paceKey: 'spare' }));
      assert.equal(second.message.paceKey, 'spare');
      await end('ops', second, LOST_ANSWER);
      assert.equal((await steps.view('ops')).current?.paceKey, 'spare');
    });

    for (const { scope, expected } of [
      { scope: 'lane', expected: ['ops shared'] },
      { scope: 'credential', expected: ['ops shared', 'twin shared'] },
      {
        scope: 'plugin',
        expected: ['ops shared', 'ops spare', 'twin shared', 'other key of other'],
      },
    ] as const) {
      test(`a hold of scope ${scope} concerns ${expected.join(', ')}`, async () => {
        await send('ops', parked({ scope }), { at: T0 });
        assert.deepEqual(await held(), expected);
      });

      test(`a hold of scope ${scope} ends with a delivery after its time, for all whom it concerned`, async () => {
        const first = await start('ops');
        await end('ops', first, parked({ scope }));
        await end('ops', began(await begin('ops', first, { at: OVER })), DELIVERED, OVER);
        assert.deepEqual(await held(), []);
      });
    }

    test('a hold says why, since when and until when, and metrics see each', async () => {
      await send('ops', parked({ scope: 'plugin' }), { at: T0 + 3 });
      const hold: Hold = {
        kind: 'parked',
        reason: 'rate_limited',
        detail: 'too fast',
        since: T0 + 3,
        until: OVER,
        count: 0,
      };
      assert.deepEqual((await credential('twin', 'shared', T0 + 3)).hold, hold);
      const { credentials, holds } = await steps.reading('ops');
      assert.deepEqual([credentials, holds], [2, [hold, hold]]);
    });

    test('a refusal of the message after its time ends a hold too: the channel has answered', async () => {
      const first = await start('ops');
      await end('ops', first, parked({ scope: 'credential' }));
      await end('ops', began(await begin('ops', first, { at: OVER })), REFUSED, OVER);
      assert.deepEqual(await held(), []);
    });

    describe('after a hold', () => {
      for (const { scope, second } of [
        { scope: 'credential', second: 'twin' },
        { scope: 'plugin', second: 'other' },
      ] as const) {
        test(`of scope ${scope} one lane goes ahead: until it is answered, all others are stale`, async () => {
          const [first, theirs] = [await start('ops'), await start(second)];
          await end(second, theirs, LOST_ANSWER);
          await end('ops', first, parked({ scope }));
          const probe = began(await begin('ops', first, { at: OVER }));
          assert.equal((await credential(second, undefined, OVER)).probed, true);
          assert.equal(await begin(second, theirs, { at: OVER }), 'stale');
          assert.equal(await seal(second, { at: OVER }), 'stale');
          assert.deepEqual(await steps.waiting(second), ['b', 'c']);
          assert.equal((await steps.view(second, OVER)).current?.history.attempts, 1);

          await end('ops', probe, DELIVERED, OVER);
          const { probed, hold } = await credential(second, undefined, OVER);
          assert.deepEqual([probed, hold], [false, undefined]);
          began(await begin(second, theirs, { at: OVER }));
        });
      }

      test('the lane that goes ahead is not in its own way, nor is anybody before the time', async () => {
        const first = await start('ops');
        const theirs = await start('twin');
        await end('ops', first, parked({ scope: 'credential' }));
        assert.equal((await credential('ops', 'shared', OVER - 1)).probed, false);
        assert.equal((await credential('ops', 'shared', OVER)).probed, true);
        assert.equal((await credential('twin', 'shared', OVER)).probed, false);
        await end('twin', theirs, LOST_ANSWER, OVER);
        assert.equal((await credential('ops', 'shared', OVER)).probed, false);
      });

      test('whom it did not concern may go: another credential, another plugin', async () => {
        const first = await start('ops');
        await end('ops', first, parked({ scope: 'credential' }));
        began(await begin('ops', first, { at: OVER }));
        for (const lane of ['other', 'log']) {
          assert.equal((await credential(lane, undefined, OVER)).probed, false);
          await start(lane, { at: OVER });
        }
      });

      test('a second refusal of the lane that went ahead holds all again', async () => {
        const first = await start('ops');
        await end('ops', first, parked({ scope: 'credential' }));
        const probe = began(await begin('ops', first, { at: OVER }));
        await end('ops', probe, parked({ scope: 'credential', until: OVER + MINUTE }), OVER);
        const { hold, probed } = await credential('twin', 'shared', OVER);
        assert.deepEqual([hold?.since, hold?.until, probed], [OVER, OVER + MINUTE, false]);
      });

      test('when nobody answered the lane that went ahead, the next one goes', async () => {
        const first = await start('ops');
        await end('ops', first, parked({ scope: 'credential' }));
        await end('ops', began(await begin('ops', first, { at: OVER })), LOST_ANSWER, OVER);
        const { hold, probed } = await credential('twin', 'shared', OVER);
        assert.deepEqual([hold?.until, probed], [OVER, false]);
        await send('twin', DELIVERED, { at: OVER });
        assert.deepEqual(await held(), []);
      });
    });

    test('an answer to what was sent before the refusal ends no hold', async () => {
      const theirs = await start('twin');
      const first = await start('ops', { at: T0 + 1 });
      await end('ops', first, parked({ scope: 'credential' }), T0 + 2);
      await end('twin', theirs, DELIVERED, T0 + 3);
      assert.deepEqual(await held(), ['ops shared', 'twin shared']);
    });

    test('a hold of scope lane concerns its lane only: others send under the credential, and end nothing by it', async () => {
      const first = await start('ops');
      await end('ops', first, blocked());
      const theirs = await start('twin', { at: OVER });
      assert.equal((await credential('ops', 'shared', OVER)).probed, false);
      began(await begin('ops', first, { at: OVER }));
      await end('twin', theirs, DELIVERED, OVER);
      assert.deepEqual(await held(), ['ops shared']);
    });

    test('what a lane was refused since for a reason of its own stays when the hold of all ends', async () => {
      const [first, theirs] = [await start('ops'), await start('twin')];
      await end('ops', first, parked({ scope: 'credential' }));
      await end('twin', theirs, blocked());
      await end('ops', began(await begin('ops', first, { at: OVER })), DELIVERED, OVER);
      assert.deepEqual(await held(), ['twin shared']);
      assert.equal((await credential('twin', 'shared', OVER)).hold?.kind, 'blocked');
    });

    describe('of a lane that is taken anew', () => {
      const take = async (paceKeys: readonly string[], configHash = 'c1'): Promise<void> =>
        void (await takeLanes(steps.outbox, [laneOf('ops', { paceKeys, configHash })], T0));
      const keys = async (): Promise<string[]> =>
        (await steps.view('ops')).credentials.map(({ paceKey }) => paceKey).sort();

      test('the holds of credentials that stay stay, those of gone ones are gone for good', async () => {
        await send('ops', parked({ scope: 'plugin' }));
        await take(['shared', 'new']);
        assert.deepEqual(await keys(), ['new', 'shared']);
        assert.equal((await credential('ops', 'shared')).hold?.until, OVER);
        assert.equal((await credential('ops', 'new')).hold, undefined);
        await take(['shared', 'spare']);
        assert.equal((await credential('ops', 'spare')).hold, undefined);
        assert.equal((await credential('twin', 'shared')).hold?.until, OVER);
      });

      test('another configuration frees what is blocked, not what is parked', async () => {
        await send('ops', blocked(), { paceKey: 'shared' });
        await send('ops', parked({ scope: 'lane' }), { paceKey: 'spare' });
        await send('other', blocked());
        await take(['shared', 'spare'], 'c2');
        assert.deepEqual(await held(), ['ops spare', 'other key of other']);
      });

      test('an attempt that was under way is nobody’s probe any more', async () => {
        const first = await start('ops');
        await end('ops', first, parked({ scope: 'credential' }));
        began(await begin('ops', first, { at: OVER }));
        await steps.restart(OVER);
        assert.equal((await credential('twin', 'shared', OVER)).probed, false);
        await start('twin', { at: OVER });
      });
    });
  });
}

function parked({ scope, until = OVER }: { readonly scope: HoldScope; readonly until?: number }): Ending {
  const hold = {
    kind: 'parked',
    scope,
    reason: 'rate_limited',
    detail: 'too fast',
    until,
    count: 0,
  } as const;
  return { ...goesAgain({ hold }), outcome: 'throttled', reason: 'rate_limited' };
}

function blocked(): Ending {
  const hold = {
    kind: 'blocked',
    scope: 'lane',
    reason: 'bad_credential',
    detail: 'x',
    until: OVER,
    count: 1,
  } as const;
  return { ...goesAgain({ hold }), outcome: 'blocked', reason: 'bad_credential' };
}
