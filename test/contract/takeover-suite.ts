/**
 * A lane that changes hands, as the outbox contract promises it: whoever has it now finds what the last holder left, under a setup of its
 * own. fence-suite.ts has what the last holder may not do any more. Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { createReplica, type Replica } from './lease-steps.ts';
import { DELIVERED, type Ending, goesAgain, MINUTE, T0 } from './outbox-endings.ts';
import { laneOf, type OutboxEngine, type OutboxSteps, useOutbox } from './outbox-steps.ts';

/** How long the leases of these cases last. */
const LEASE = 30_000;
const LANES = [laneOf('ops', { paceKeys: ['shared', 'own'] }), laneOf('backup', { paceKeys: ['shared'] })];
/** When another may take what was claimed at T0. */
const LATER = T0 + LEASE;

/** Runs the cases of lanes that change hands over one engine. */
export function describeTakeover(name: string, open: () => Promise<OutboxEngine>): void {
  describe(`a lane that changes hands in the outbox on ${name}`, () => {
    let first: Replica;
    const steps = useOutbox(open, LANES, async (outbox, lanes, at) => {
      first = await createReplica(outbox, 'first', { lanes, leaseMs: LEASE });
      await first.claim(at);
      return first.leaseOf;
    });
    const { add, end, send, standing, start, view, waiting } = steps;

    /** Joins those at work. */
    const join = async (id: string, lanes = LANES): Promise<Replica> =>
      await createReplica(steps.outbox, id, { lanes, leaseMs: LEASE });
    /** It takes everything, because all others are gone. */
    const takeOver = async (id: string, { lanes = LANES, at = LATER } = {}): Promise<Replica> => {
      const taker = await join(id, lanes);
      await taker.claim(at);
      assert.deepEqual(taker.lanes(), lanes.map((lane) => lane.name).sort());
      return taker;
    };

    beforeEach(async () => {
      await add({ alerts: ['a', 'b', 'c'] });
    });

    describe('an attempt that is settled late', () => {
      test('counts if nobody has taken the lane', async () => {
        const started = await start('ops');
        assert.equal((await end('ops', started, DELIVERED, LATER)).events, 1);
        await takeOver('second');
        const seen = await view('ops', LATER);
        assert.deepEqual([seen.current, seen.waiting], [undefined, 2]);
      });

      test('changes nothing if another has: its message goes again, under its id, at once', async () => {
        const started = await start('ops');
        await takeOver('second');
        const before = await standing();
        const parked = holding('parked');
        assert.deepEqual(await end('ops', started, DELIVERED, LATER + 5), { events: 0, received: [] });
        assert.deepEqual(await end('ops', started, parked, LATER + 5), { events: 0, received: [] });
        assert.deepEqual(await standing(), before);
        const { current } = await view('ops', LATER);
        assert.deepEqual(
          [current?.id, current?.body, current?.history.ambiguous, current?.retryAt],
          [started.message.id, 'a', true, LATER],
        );
      });

      test('changes nothing if its holder itself has taken the lane anew, because it did not know of its lease', async () => {
        const started = await start('ops');
        const { epoch } = first.leaseOf('ops');
        await first.claim(T0 + 1, [first.leaseOf('backup')]);
        assert.equal(first.leaseOf('ops').epoch, epoch + 1);
        assert.equal(first.leaseOf('backup').epoch, epoch);
        assert.equal((await end('ops', started, DELIVERED, T0 + 2)).events, 0);
        assert.equal((await view('ops', T0 + 2)).current?.history.ambiguous, true);
      });
    });

    test('what waits for its next attempt is due at once, and no more ambiguous than it was', async () => {
      const started = await start('ops');
      const trouble = { cause: 'outage', failures: 3, retryAt: T0 + 60 * MINUTE } as const;
      await end('ops', started, goesAgain({ trouble }));
      await takeOver('second');
      const { current, trouble: left } = await view('ops', LATER);
      assert.deepEqual(
        [current?.id, current?.history.ambiguous, current?.retryAt],
        [started.message.id, false, LATER],
      );
      assert.deepEqual(left, { cause: 'outage', since: T0, failures: 3, retryAt: LATER });
    });

    test('what comes while nobody has the lane waits for its next holder', async () => {
      await first.release(T0);
      await add({ alerts: ['late'] });
      assert.deepEqual(await waiting('ops'), ['a', 'b', 'c', 'late']);
      assert.equal((await steps.reading('ops')).waitingEvents, 4);
      await (await join('second')).claim(T0);
      assert.equal((await view('ops')).waiting, 4);
    });

    test('a lane that stays where it is keeps what is under way in it', async () => {
      const [here, there] = [await start('ops'), await addAndStart(steps)];
      await first.release(T0, ['backup']);
      await (await join('second')).claim(T0);
      await first.claim(T0 + 1);
      assert.equal((await end('ops', here, DELIVERED, T0 + 2)).events, 1);
      assert.equal((await end('backup', there, DELIVERED, T0 + 2)).events, 0);
    });

    test('an attempt that was under way in a lane that nobody drains any more is nobody’s probe', async () => {
      const probe = await addAndStart(steps);
      await send('ops', holding('parked', 'credential'));
      const lanes = LANES.filter((lane) => lane.name === 'ops');
      await takeOver('second', { lanes, at: LATER });
      assert.equal((await steps.credential('ops', 'shared', T0 + 10 * MINUTE)).probed, false);
      assert.equal((await end('backup', probe, DELIVERED, LATER)).events, 0);
    });

    describe('goes by the setup of its new holder:', () => {
      const other = (given: { readonly paceKeys?: readonly string[]; readonly configHash?: string }) => [
        laneOf('ops', { paceKeys: ['shared', 'own'], ...given }),
      ];
      /** The credentials of ops and what holds them. */
      const credentials = async (): Promise<string[]> => {
        const seen = await view('ops', LATER);
        return seen.credentials.map(({ paceKey, hold }) => `${paceKey} ${hold?.kind ?? 'free'}`).sort();
      };

      beforeEach(async () => {
        await send('ops', holding('blocked'), { paceKey: 'shared' });
        await steps.add({ alerts: ['d'], rank: 0 });
        await send('ops', holding('parked'), { paceKey: 'own' });
      });

      test('a replica that makes its lanes known changes nothing of those that others have', async () => {
        const before = await standing();
        await join('second', [laneOf('ops', { paceKeys: ['new'], configHash: 'c2', plugin: 'console' })]);
        assert.deepEqual(await standing(), before);
        assert.deepEqual(await credentials(), ['own parked', 'shared blocked']);
      });

      for (const { what, given, expected } of [
        { what: 'the same one leaves all holds', given: {}, expected: ['own parked', 'shared blocked'] },
        {
          what: 'another configuration frees what is blocked, not what is parked',
          given: { configHash: 'c2' },
          expected: ['own parked', 'shared free'],
        },
        {
          what: 'other credentials replace those it does not know; holds on those that it knows stay',
          given: { paceKeys: ['shared', 'new'] },
          expected: ['new free', 'shared blocked'],
        },
      ]) {
        test(what, async () => {
          await takeOver('second', { lanes: other(given) });
          assert.deepEqual(await credentials(), expected);
        });
      }

      test('the old one counts again when its replica takes the lane back', async () => {
        const second = await takeOver('second', { lanes: other({ paceKeys: ['new'], configHash: 'c2' }) });
        assert.deepEqual(await credentials(), ['new free']);
        await second.release(LATER);
        await first.claim(LATER, []);
        assert.deepEqual(await credentials(), ['own free', 'shared free']);
      });
    });
  });
}

/** An attempt of the lane of the fallback. */
async function addAndStart({ add, start }: OutboxSteps) {
  await add({ alerts: ['theirs'], lanes: ['backup'] });
  return await start('backup');
}

function holding(kind: 'parked' | 'blocked', scope: 'lane' | 'credential' = 'lane'): Ending {
  const reason = kind === 'parked' ? 'rate_limited' : 'bad_credential';
  const hold = { kind, scope, reason, detail: '', until: T0 + 10 * MINUTE, count: 1 } as const;
  return { ...goesAgain({ hold }), outcome: kind === 'parked' ? 'throttled' : 'blocked', reason };
}
