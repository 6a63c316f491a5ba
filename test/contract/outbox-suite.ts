/**
 * The outbox contract as tests: every engine must pass the same. Times are given by the tests; nothing waits. An engine is opened
 * on an empty store and can be reopened, as after a restart.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type {
  Appended,
  CredentialView,
  DeadLetter,
  EventPage,
  LaneView,
  LetterFate,
  NewNotification,
  NewPiece,
  Outbox,
  Settled,
  Settlement,
  Started,
  Under,
} from '../../src/core/outbox/contract.ts';
import { describeCredentials } from './credentials-suite.ts';
import { describeExpiry } from './expiry-suite.ts';
import { describeFence } from './fence-suite.ts';
import { describeGivenUp } from './given-up-suite.ts';
import { describeHandOver } from './hand-over-suite.ts';
import { type LeaseOf, takeLanes } from './lease-steps.ts';
import { describeLeases } from './leases-suite.ts';
import { describeLedger } from './ledger-suite.ts';
import { describeMonth } from './month-suite.ts';
import { describeMoveTimes } from './move-times-suite.ts';
import { describeTakeover } from './takeover-suite.ts';
import { describeToldOnce } from './told-once-suite.ts';
import { describeTrouble } from './trouble-suite.ts';
import { describeUnseal } from './unseal-suite.ts';

/** An engine on a store of its own. */
export interface EngineUnderTest {
  readonly outbox: Outbox;
  /** Closes and opens again on the same store. */
  reopen(): Promise<Outbox>;
  /** Closes and removes the store. */
  remove(): Promise<void>;
}

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;
const WINDOW = 6 * MINUTE;
const LANES = [
  { name: 'ops', plugin: 'dingtalk', paceKeys: ['k1'], configHash: 'c1' },
  { name: 'twin', plugin: 'dingtalk', paceKeys: ['k1'], configHash: 'c1' },
  { name: 'other', plugin: 'dingtalk', paceKeys: ['k2'], configHash: 'c1' },
  { name: 'log', plugin: 'console', paceKeys: ['k3'], configHash: 'c1' },
];
const AGAIN = { ownFailures: 0, ambiguous: true };

/** Runs the suite over one engine. */
export function describeOutbox(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`the outbox contract on ${name}`, () => {
    let engine: EngineUnderTest;
    let outbox: Outbox;
    let leaseOf: LeaseOf;

    beforeEach(async () => {
      engine = await open();
      outbox = engine.outbox;
      leaseOf = await takeLanes(outbox, LANES, T0);
    });
    afterEach(async () => await engine.remove());

    const restart = async (at = T0): Promise<void> => {
      outbox = await engine.reopen();
      leaseOf = await takeLanes(outbox, LANES, at);
    };
    const add = async (given: Partial<Given> = {}): Promise<Appended> =>
      await outbox.append(notification(given));
    const pageOf = async (lane: string, maxEvents = 100): Promise<EventPage> =>
      await outbox.page({ lane, maxEvents, maxBytes: 1 << 20 });
    /** How a lane stands, its first credential among it. */
    const look = async (lane: string, at: number): Promise<LaneView & CredentialView> => {
      const view = await outbox.view({ lane, at });
      const [credential = assert.fail(`${lane} has no credential`)] = view.credentials;
      return { ...view, ...credential };
    };
    const sealNext = async (lane: string, covers = 1, at = T0): Promise<Started> => {
      const view = await look(lane, at);
      const page = await pageOf(lane, covers);
      const places = page.events.map((event) => event.place);
      return began(
        await outbox.seal({
          ...leaseOf(lane),
          id: randomUUID(),
          form: 'text',
          body: `body of ${numbersOf(page).join(' ')}`,
          mends: page.mends,
          covers: places,
          expiredTold: 0,
          under: underOf(view),
          at,
        }),
      );
    };
    const settle = async (
      lane: string,
      started: Started,
      settlement: Settlement,
      at = T0,
    ): Promise<Settled> =>
      await outbox.settle({
        lane,
        attempt: started.attempt,
        message: started.message.ref,
        outcome: settlement.message.kind === 'delivered' ? 'delivered' : 'retry',
        reason: settlement.message.kind === 'delivered' ? 'ok' : 'timeout',
        detail: 'in a test',
        settlement,
        at,
      });
    const deliver = async (lane: string, covers = 1, at = T0): Promise<Settled> =>
      await settle(lane, await sealNext(lane, covers, at), { message: { kind: 'delivered' } }, at);
    /** Gives up on the first events of a lane; the letter's id. */
    const bury = async (lane: string, covers = 1, at = T0): Promise<number> => {
      const started = await sealNext(lane, covers, at);
      await settle(lane, started, { message: { kind: 'dead' } }, at);
      return started.message.ref;
    };
    const lettersIn = async (lane?: string): Promise<readonly DeadLetter[]> =>
      await outbox.readDeadLetters(await outbox.readDeadLetterIds(lane));
    const revive = async (messages: readonly number[], at = T0): Promise<readonly LetterFate[]> =>
      await outbox.reviveDeadLetters({ messages, lanes: ['ops', 'other', 'log'], at });
    const pruneAll = async (settledBefore: number, deadBefore: number): Promise<number> => {
      let removed = 0;
      for (;;) {
        const count = await outbox.prune({ settledBefore, deadBefore, batch: 2 });
        if (count === 0) return removed;
        removed += count;
      }
    };

    describe('append', () => {
      test('gives every lane of a notification all of its events, in order', async () => {
        const appended = await add({ alerts: ['a', 'b', 'c'], lanes: ['ops', 'log'] });
        assert.deepEqual(
          appended.kind === 'accepted' && appended.queued,
          new Map([
            ['ops', 3],
            ['log', 3],
          ]),
        );
        for (const lane of ['ops', 'log']) assert.deepEqual(alertsOf(await pageOf(lane)), ['a', 'b', 'c']);
        assert.deepEqual(alertsOf(await pageOf('other')), []);
      });

      test('puts the worse severities first and keeps first come first served among equals', async () => {
        await add({ alerts: ['w1'], rank: 2, group: 'g1' });
        await add({ alerts: ['c1'], rank: 0, group: 'g2' });
        await add({ alerts: ['w2'], rank: 2, group: 'g3' });
        await add({ alerts: ['c2'], rank: 0, group: 'g4' });
        assert.deepEqual(alertsOf(await pageOf('ops')), ['c1', 'c2', 'w1', 'w2']);
      });

      test('answers a copy within the window with the id of the first, and queues nothing', async () => {
        const first = await add({ alerts: ['a'] });
        const copy = await add({ alerts: ['a'], at: T0 + WINDOW - 1 });
        assert.deepEqual(copy, { kind: 'duplicate', notificationId: idOf(first) });
        assert.equal((await pageOf('ops')).events.length, 1);
      });

      test('stores nothing for a sender that does not wait for the answer', async () => {
        const left = { ...notification({ alerts: ['a'] }), isWanted: () => false };
        const waits = { ...notification({ alerts: ['b'] }), isWanted: () => true };
        const answers = await Promise.all([left, waits].map((each) => outbox.append(each)));
        assert.deepEqual(
          answers.map(({ kind }) => kind),
          ['abandoned', 'accepted'],
        );
        assert.deepEqual(alertsOf(await pageOf('ops')), ['b']);
        assert.equal((await add({ alerts: ['a'] })).kind, 'accepted');
      });

      test('hands out the source of a notification with its events', async () => {
        await outbox.append({ ...notification({ alerts: ['a'] }), source: 'constructor' });
        await outbox.append(notification({ alerts: ['b'] }));
        const { events } = await pageOf('ops');
        assert.deepEqual(
          events.map(({ piece }) => piece.source),
          ['constructor', undefined],
        );
        const { pieces } = await outbox.readLedger({});
        assert.deepEqual(
          pieces.map(({ source }) => source),
          [undefined, 'constructor'],
        );
      });

      test('notes who posts a copy: then it is not late', async () => {
        const post = async (state: string, poster: string, at: number) => {
          const made = notification({ alerts: ['a'], state, at });
          return (await outbox.append({ ...made, repeat: { ...made.repeat, poster } })).kind;
        };
        const kinds = [
          await post('firing', 'am0', T0),
          await post('firing', 'am1', T0 + 1),
          await post('resolved', 'am0', T0 + 2),
          await post('firing', 'am1', T0 + 3),
        ];
        assert.deepEqual(kinds, ['accepted', 'duplicate', 'accepted', 'accepted']);
      });

      test('recognizes a copy after a restart', async () => {
        const first = await add({ alerts: ['a'] });
        await restart();
        assert.deepEqual(await add({ alerts: ['a'] }), {
          kind: 'duplicate',
          notificationId: idOf(first),
        });
      });

      test('takes one of two copies that arrive together', async () => {
        const answers = await Promise.all([
          add({ alerts: ['a'] }),
          add({ alerts: ['a'] }),
          add({ alerts: ['a'] }),
        ]);
        assert.deepEqual(answers.map((answer) => answer.kind).sort(), ['accepted', 'duplicate', 'duplicate']);
        assert.equal((await pageOf('ops')).events.length, 1);
      });

      test('queues only what is new of a list that names known alerts again', async () => {
        await add({ alerts: ['a', 'b'] });
        const appended = await add({ alerts: ['a', 'new', 'b'], at: T0 + MINUTE });
        assert.equal(appended.kind === 'accepted' && appended.relisted, 2);
        assert.deepEqual(alertsOf(await pageOf('ops')), ['a', 'b', 'new']);
      });

      test('remembers alerts that no route takes, and stores nothing of them', async () => {
        const appended = await add({ alerts: ['a'], lanes: [] });
        assert.deepEqual(appended.kind === 'accepted' && appended.queued, new Map());
        const again = await add({ alerts: ['a', 'b'], lanes: ['ops'], at: T0 + MINUTE });
        assert.equal(again.kind === 'accepted' && again.relisted, 1);
      });

      test('keeps text exactly: NUL, lone surrogates, quotes, names of prototypes', async () => {
        const odd = ['\u0000', '\ud800', '"\\', '__proto__', '服务\u2028'];
        await add({ alerts: odd });
        assert.deepEqual(alertsOf(await pageOf('ops')), odd);
      });
    });

    describe('page', () => {
      test('stops at the number of events asked for, and at the bytes', async () => {
        await add({ alerts: Array.from({ length: 60 }, (_, index) => `a${index}`) });
        assert.equal((await pageOf('ops', 7)).events.length, 7);
        const small = await outbox.page({ lane: 'ops', maxEvents: 100, maxBytes: 1 });
        assert.equal(small.events.length, 1);
      });

      test('reads across more notifications than one look takes', async () => {
        const names = Array.from({ length: 150 }, (_, index) => `a${index}`);
        for (const name of names) await add({ alerts: [name], group: name });
        assert.deepEqual(alertsOf(await pageOf('ops', 500)), names);
      });

      test('comes with the view that asks for it, unless nothing can be composed from it now', async () => {
        const wanted = { maxEvents: 2, maxBytes: 1 << 20 };
        const seen = async () => (await outbox.view({ lane: 'ops', at: T0, page: wanted })).page;
        assert.equal(await seen(), undefined);
        await add({ alerts: ['a', 'b', 'c'] });
        assert.deepEqual(await seen(), await pageOf('ops', 2));
        assert.equal((await outbox.view({ lane: 'ops', at: T0 })).page, undefined);
        const started = await sealNext('ops');
        assert.equal(await seen(), undefined);
        await settle('ops', started, { message: { kind: 'delivered' } });
        assert.deepEqual(await seen(), await pageOf('ops', 2));
      });
    });

    describe('seal', () => {
      test('takes the covered events out of the lane and keeps the rest in order', async () => {
        await add({ alerts: ['a', 'b', 'c', 'd'] });
        const started = await sealNext('ops', 2);
        assert.equal(started.message.history.events, 2);
        assert.deepEqual(alertsOf(await pageOf('ops')), ['c', 'd']);
        const view = await look('ops', T0);
        assert.deepEqual([view.unsealed, view.waiting, view.current?.ref], [2, 4, started.message.ref]);
      });

      test('survives a restart: the same bytes under the same id, and ambiguous', async () => {
        await add({ alerts: ['a'] });
        const { message } = await sealNext('ops');
        await restart(T0 + MINUTE);
        const { current } = await look('ops', T0 + MINUTE);
        assert.deepEqual(
          [current?.id, current?.body, current?.history.ambiguous],
          [message.id, message.body, true],
        );
        assert.ok(current !== undefined && current.retryAt <= T0 + MINUTE);
      });

      test('is stale, and changes nothing, when another lane with the same credential has begun since', async () => {
        await add({ alerts: ['a'], lanes: ['ops', 'twin', 'other'] });
        const under = underOf(await look('ops', T0));
        const { events } = await pageOf('ops');
        await deliver('other');
        await deliver('twin');
        const covers = events.map((event) => event.place);
        const message = { id: randomUUID(), form: 'text', body: '', mends: [], covers, expiredTold: 0 };
        assert.equal(await outbox.seal({ ...leaseOf('ops'), ...message, under, at: T0 }), 'stale');
        assert.deepEqual(alertsOf(await pageOf('ops')), ['a']);
      });

      test('shows its start to all lanes with the same credential, and to no other', async () => {
        await add({ alerts: ['a'], lanes: ['ops', 'twin', 'other'] });
        await deliver('ops', 1, T0 + 5);
        assert.deepEqual((await look('twin', T0 + 9)).starts, [T0 + 5]);
        assert.deepEqual((await look('other', T0 + 9)).starts, []);
      });

      test('counts a start that lies in the future from the first look on, and not anew with each', async () => {
        await add({ alerts: ['a', 'b'] });
        await deliver('ops', 1, T0 + 60 * MINUTE);
        assert.deepEqual((await look('ops', T0)).starts, [T0]);
        assert.deepEqual((await look('ops', T0 + MINUTE)).starts, [T0]);
      });
    });

    test('messages of many events are numbered until the lane is empty', async () => {
      const partOf = async (): Promise<number> => (await look('ops', T0)).part;
      await add({ alerts: ['a', 'b', 'c', 'd', 'e'] });
      assert.equal(await partOf(), 1);
      await deliver('ops', 1);
      assert.equal(await partOf(), 1);
      await deliver('ops', 2);
      assert.equal(await partOf(), 2);
      await deliver('ops', 2);
      assert.equal(await partOf(), 1);
    });

    describe('settle', () => {
      test('delivered: the events leave the lane, and the answer says when they came', async () => {
        await add({ alerts: ['a', 'b'], at: T0 - 7 });
        assert.deepEqual(await deliver('ops', 2, T0), { events: 2, received: [{ at: T0 - 7, events: 2 }] });
        const view = await look('ops', T0);
        assert.deepEqual(
          [view.waiting, view.unsealed, view.current, view.oldestAt],
          [0, 0, undefined, undefined],
        );
        assert.equal(readingOf(await outbox.readLanes(), 'ops').lastSuccessAt, T0);
      });

      test('twice: changes nothing the second time', async () => {
        await add({ alerts: ['a', 'b'] });
        const started = await sealNext('ops');
        await settle('ops', started, { message: { kind: 'delivered' } });
        assert.deepEqual(await settle('ops', started, { message: { kind: 'delivered' } }), {
          events: 0,
          received: [],
        });
        assert.equal((await look('ops', T0)).waiting, 1);
      });

      test('again: the message waits with its history, and with a new id only if it was given one', async () => {
        await add({ alerts: ['a'] });
        const started = await sealNext('ops');
        const later = { kind: 'again', at: T0 + 1000, setAside: false, history: AGAIN } as const;
        await settle('ops', started, { message: later });
        const view = await look('ops', T0);
        const { current } = view;
        assert.deepEqual([current?.id, current?.retryAt], [started.message.id, T0 + 1000]);
        assert.deepEqual(current?.history, { ...started.message.history, ...AGAIN });
        const begun = {
          ...leaseOf('ops'),
          message: started.message.ref,
          under: underOf(view),
          at: T0 + 1000,
        };
        const second = began(await outbox.begin(begun));
        assert.equal(second.message.history.attempts, 2);
        const freshId = randomUUID();
        await settle('ops', second, { message: { ...later, freshId } });
        assert.equal((await look('ops', T0)).current?.id, freshId);
      });

      test('again: a back-off counts from the first look after the clock was set back', async () => {
        await add({ alerts: ['a'] });
        const later = { kind: 'again', at: T0 + MINUTE, setAside: false, history: AGAIN } as const;
        await settle('ops', await sealNext('ops'), { message: later });
        const back = T0 - 60 * MINUTE;
        assert.equal((await look('ops', back)).current?.retryAt, back + MINUTE);
        assert.equal((await look('ops', back + 5)).current?.retryAt, back + MINUTE);
      });

      test('set aside: others pass, later states of its alerts wait until it is through', async () => {
        await add({ alerts: ['a'] });
        const started = await sealNext('ops');
        await settle('ops', started, {
          message: { kind: 'again', at: T0 + MINUTE, setAside: true, history: { ...AGAIN, ownFailures: 2 } },
        });
        await add({ alerts: ['b', 'a', 'c'], state: 'resolved', group: 'g2' });
        assert.deepEqual(alertsOf(await pageOf('ops')), ['b', 'c']);
        await deliver('ops', 2);
        assert.deepEqual(alertsOf(await pageOf('ops')), []);
        const view = await look('ops', T0);
        assert.deepEqual(
          [view.current, view.setAside?.ref, view.unsealed],
          [undefined, started.message.ref, 1],
        );
        const under = underOf(view);
        const second = began(
          await outbox.begin({ ...leaseOf('ops'), message: started.message.ref, under, at: T0 }),
        );
        await settle('ops', second, { message: { kind: 'delivered' } });
        assert.deepEqual(alertsOf(await pageOf('ops')), ['a']);
      });

      test('set aside: an alert of another source with equal labels does not wait', async () => {
        const addFrom = async (source: string) =>
          await outbox.append({ ...notification({ alerts: ['a'], group: source }), source });
        await addFrom('eu');
        await settle('ops', await sealNext('ops'), {
          message: { kind: 'again', at: T0 + MINUTE, setAside: true, history: AGAIN },
        });
        await addFrom('us');
        assert.deepEqual(
          (await pageOf('ops')).events.map(({ piece }) => piece.source),
          ['us'],
        );
      });

      test('recompose: the events return to the front, with the mends and no more of them than said', async () => {
        await add({ alerts: ['a', 'b', 'c', 'd', 'e'] });
        const started = await sealNext('ops', 4);
        await settle('ops', started, { message: { kind: 'recompose', mends: ['shorter'], atMost: 2 } });
        assert.equal((await look('ops', T0)).waiting, 5);
        const front = await pageOf('ops');
        assert.deepEqual([alertsOf(front), front.mends], [['a', 'b'], ['shorter']]);
        await deliver('ops', 2);
        assert.deepEqual(alertsOf(await pageOf('ops')), ['c', 'd']);
        await deliver('ops', 2);
        const rest = await pageOf('ops');
        assert.deepEqual([alertsOf(rest), rest.mends], [['e'], []]);
      });

      test('dead: the events leave the lane and are kept with the reason', async () => {
        await add({ alerts: ['a', 'b'] });
        await settle('ops', await sealNext('ops', 2), { message: { kind: 'dead' } }, T0 + 5);
        assert.equal((await look('ops', T0)).waiting, 0);
        const [letter] = await lettersIn('ops');
        assert.deepEqual([letter?.reason, letter?.detail, letter?.diedAt], ['timeout', 'in a test', T0 + 5]);
        assert.deepEqual(alertsOf({ events: letter?.events ?? [], mends: [] }), ['a', 'b']);
      });
    });

    describe('holds', () => {
      const parked = (scope: 'lane' | 'credential' | 'plugin'): Settlement => ({
        message: { kind: 'again', at: T0, setAside: false, history: AGAIN },
        hold: {
          kind: 'parked',
          scope,
          reason: 'rate_limited',
          detail: 'too fast',
          until: T0 + 10 * MINUTE,
          count: 0,
        },
      });
      const held = async (): Promise<string[]> => {
        const readings = await outbox.readLanes();
        return readings.filter((reading) => reading.holds.length > 0).map((reading) => reading.lane);
      };
      for (const { scope, lanes } of [
        { scope: 'lane', lanes: ['ops'] },
        { scope: 'credential', lanes: ['ops', 'twin'] },
        { scope: 'plugin', lanes: ['ops', 'other', 'twin'] },
      ] as const) {
        test(`of scope ${scope} hold ${lanes.join(', ')}, also after a restart`, async () => {
          await add({ alerts: ['a'] });
          await settle('ops', await sealNext('ops'), parked(scope));
          assert.deepEqual(await held(), lanes);
          await restart();
          assert.deepEqual(await held(), lanes);
          assert.equal((await look('ops', T0)).hold?.until, T0 + 10 * MINUTE);
        });
      }

      test('count from the first look after the clock was set back, and not anew with each', async () => {
        await add({ alerts: ['a'] });
        await settle('ops', await sealNext('ops'), parked('lane'));
        const back = T0 - 60 * MINUTE;
        assert.equal((await look('ops', back)).hold?.until, back + 10 * MINUTE);
        assert.equal((await look('ops', back + MINUTE)).hold?.until, back + 10 * MINUTE);
      });

      test('end with a delivery', async () => {
        await add({ alerts: ['a'] });
        const first = await sealNext('ops');
        await settle('ops', first, parked('lane'));
        const over = T0 + 10 * MINUTE;
        const under = underOf(await look('ops', over));
        const message = first.message.ref;
        const second = began(await outbox.begin({ ...leaseOf('ops'), message, under, at: over }));
        await settle('ops', second, { message: { kind: 'delivered' } }, over);
        assert.equal((await look('ops', over)).hold, undefined);
      });

      test('of a blocked lane end when it is taken with another configuration, and only then', async () => {
        await add({ alerts: ['a'] });
        const blocked: Settlement = {
          message: { kind: 'again', at: T0, setAside: false, history: AGAIN },
          hold: {
            kind: 'blocked',
            scope: 'lane',
            reason: 'bad_credential',
            detail: 'x',
            until: T0 + MINUTE,
            count: 3,
          },
        };
        await settle('ops', await sealNext('ops'), blocked);
        leaseOf = await takeLanes(outbox, LANES, T0);
        assert.equal((await look('ops', T0)).hold?.count, 3);
        await takeLanes(
          outbox,
          [{ name: 'ops', plugin: 'dingtalk', paceKeys: ['k1'], configHash: 'c2' }],
          T0,
        );
        assert.equal((await look('ops', T0)).hold, undefined);
      });
    });

    describe('dead letters', () => {
      test('are listed by lane or all together, oldest first, and only those', async () => {
        await add({ alerts: ['a', 'b', 'c', 'd'], lanes: ['ops', 'log'] });
        const [first, second, third] = [await bury('ops'), await bury('log'), await bury('ops')];
        await deliver('ops');
        await sealNext('ops');
        assert.deepEqual(await outbox.readDeadLetterIds(), [first, second, third]);
        assert.deepEqual(await outbox.readDeadLetterIds('ops'), [first, third]);
        assert.deepEqual(await outbox.readDeadLetterIds('nobody'), []);
        assert.deepEqual(
          (await outbox.readDeadLetters([third, 999, second])).map(({ message, lane }) => [message, lane]),
          [
            [third, 'ops'],
            [second, 'log'],
          ],
        );
      });

      test('show every attempt with its times, outcome and reason', async () => {
        await add({ alerts: ['a', 'b'], at: T0 - 7 });
        const first = await sealNext('ops', 2, T0);
        const again = { kind: 'again', at: T0, setAside: false, history: AGAIN } as const;
        await settle('ops', first, { message: again }, T0 + 3);
        const under = underOf(await look('ops', T0 + 5));
        const message = first.message.ref;
        const second = began(await outbox.begin({ ...leaseOf('ops'), message, under, at: T0 + 5 }));
        await settle('ops', second, { message: { kind: 'dead' } }, T0 + 9);
        const [letter] = await lettersIn();
        const ended = { outcome: 'retry', reason: 'timeout', detail: 'in a test' };
        assert.deepEqual(letter?.history, [
          { startedAt: T0, endedAt: T0 + 3, ...ended },
          { startedAt: T0 + 5, endedAt: T0 + 9, ...ended },
        ]);
        assert.deepEqual(
          [letter?.message, letter?.lane, letter?.form, letter?.attempts],
          [message, 'ops', 'text', 2],
        );
        assert.deepEqual(
          letter?.events.map((event) => event.piece.receivedAt),
          [T0 - 7, T0 - 7],
        );
      });

      test('show the last fifty of very many attempts', async () => {
        await add({ alerts: ['a'] });
        let started = await sealNext('ops');
        for (let count = 1; count < 53; count++) {
          const again = { kind: 'again', at: T0, setAside: false, history: AGAIN } as const;
          await settle('ops', started, { message: again }, T0 + count);
          const under = underOf(await look('ops', T0 + count));
          const message = started.message.ref;
          started = began(await outbox.begin({ ...leaseOf('ops'), message, under, at: T0 + count }));
        }
        await settle('ops', started, { message: { kind: 'dead' } }, T0 + MINUTE);
        const [letter] = await lettersIn();
        assert.deepEqual(
          [
            letter?.attempts,
            letter?.history.length,
            letter?.history[0]?.startedAt,
            letter?.history.at(-1)?.endedAt,
          ],
          [53, 50, T0 + 3, T0 + MINUTE],
        );
      });

      test('revived: the events wait at their old place in the order, and go in a new message', async () => {
        await add({ alerts: ['a', 'b', 'c', 'd'], at: T0 - 5 });
        const letter = await bury('ops', 2);
        await add({ alerts: ['worse'], rank: 0, group: 'g2' });
        const fates = await revive([letter], T0 + 1);
        assert.deepEqual(fates, [{ kind: 'done', message: letter, lane: 'ops', events: 2 }]);
        assert.deepEqual(alertsOf(await pageOf('ops')), ['worse', 'a', 'b', 'c', 'd']);
        const view = await look('ops', T0 + 1);
        assert.deepEqual(
          [view.waiting, view.unsealed, view.oldestAt, view.current],
          [5, 5, T0 - 5, undefined],
        );
        await deliver('ops');
        const { message } = await sealNext('ops', 2);
        assert.notEqual(message.ref, letter);
        assert.deepEqual(await outbox.readDeadLetterIds(), []);
      });

      test('revived: go on from where a page was read before, and nothing of that page is lost', async () => {
        await add({ alerts: ['a', 'b', 'c'] });
        const letter = await bury('ops');
        const { events } = await pageOf('ops');
        const under = underOf(await look('ops', T0));
        await revive([letter]);
        const covers = events.map((event) => event.place);
        began(
          await outbox.seal({
            ...leaseOf('ops'),
            id: randomUUID(),
            form: 'text',
            body: '',
            mends: [],
            covers,
            expiredTold: 0,
            under,
            at: T0,
          }),
        );
        assert.deepEqual(alertsOf(await pageOf('ops')), ['a']);
      });

      test('revived: an event whose alert has moved on meanwhile is delivered all the same', async () => {
        await add({ alerts: ['a'] });
        const letter = await bury('ops');
        await add({ alerts: ['a'], state: 'resolved', at: T0 + 1 });
        await deliver('ops');
        await revive([letter]);
        assert.deepEqual(alertsOf(await pageOf('ops')), ['a']);
        assert.equal((await deliver('ops', 1, T0 + 2)).events, 1);
      });

      test('revived: can become a dead letter again, with a history of its own', async () => {
        await add({ alerts: ['a'] });
        const first = await bury('ops');
        await revive([first]);
        const second = await bury('ops', 1, T0 + MINUTE);
        const [letter, ...others] = await lettersIn();
        assert.deepEqual([letter?.message, letter?.attempts, others], [second, 1, []]);
      });

      test('revived in a notification of several lanes: kept until each has delivered its own', async () => {
        await add({ alerts: ['a'], lanes: ['ops', 'log'] });
        const letter = await bury('ops');
        await deliver('log');
        await revive([letter], T0 + 1);
        await pruneAll(T0 + MINUTE, T0 + MINUTE);
        assert.deepEqual(alertsOf(await pageOf('ops')), ['a']);
        await deliver('ops', 1, T0 + MINUTE);
        assert.ok((await pruneAll(T0 + 2 * MINUTE, T0)) > 0);
        assert.equal(await pruneAll(T0 + 2 * MINUTE, T0), 0);
      });

      test('of a lane that nobody drains stay what they are', async () => {
        await add({ alerts: ['a'], lanes: ['twin'] });
        const letter = await bury('twin');
        assert.deepEqual(await revive([letter]), [{ kind: 'no_sink', message: letter, lane: 'twin' }]);
        assert.deepEqual(await outbox.readDeadLetterIds(), [letter]);
        assert.equal((await look('twin', T0)).waiting, 0);
      });

      test('dropped: are history, which goes with what was settled then', async () => {
        await add({ alerts: ['a', 'b'], lanes: ['ops', 'log'] });
        const letter = await bury('ops', 2);
        const fates = await outbox.dropDeadLetters({ messages: [letter], at: T0 + MINUTE });
        assert.deepEqual(fates, [{ kind: 'done', message: letter, lane: 'ops', events: 2 }]);
        assert.deepEqual([await lettersIn(), (await pageOf('ops')).events], [[], []]);
        assert.equal(await pruneAll(T0 + MINUTE, T0 + MINUTE), 0);
        // The message alone: the other lane still holds its notification.
        assert.equal(await pruneAll(T0 + MINUTE + 1, T0), 1);
        assert.deepEqual(alertsOf(await pageOf('log')), ['a', 'b']);
        await deliver('log', 2, T0 + MINUTE);
        // A message and the notification.
        assert.equal(await pruneAll(T0 + MINUTE + 1, T0), 2);
      });

      test('revived or dropped twice: nothing changes the second time, also within one request', async () => {
        await add({ alerts: ['a', 'b'] });
        const [revived, dropped] = [await bury('ops'), await bury('ops')];
        const before = { kind: 'done_before', lane: 'ops' };
        const [, again] = await revive([revived, revived]);
        assert.deepEqual(again, { ...before, message: revived });
        for (const expected of ['done', 'done_before']) {
          const [fate] = await outbox.dropDeadLetters({ messages: [dropped], at: T0 });
          assert.equal(fate?.kind, expected);
        }
        assert.deepEqual(await revive([revived, dropped, 999]), [
          { ...before, message: revived },
          { kind: 'not_dead', message: dropped, state: 'dropped' },
          { kind: 'unknown', message: 999 },
        ]);
        assert.deepEqual(await outbox.dropDeadLetters({ messages: [revived], at: T0 }), [
          { kind: 'not_dead', message: revived, state: 'revived' },
        ]);
        assert.deepEqual(alertsOf(await pageOf('ops')), ['a']);
        assert.equal((await look('ops', T0)).waiting, 1);
      });

      test('revived or dropped: what waits or was delivered is left alone', async () => {
        await add({ alerts: ['a', 'b'] });
        await deliver('ops');
        const open = (await sealNext('ops')).message.ref;
        const delivered = open - 1;
        const states = (await revive([delivered, open])).map((fate) => 'state' in fate && fate.state);
        assert.deepEqual(states, ['delivered', 'open']);
        assert.equal((await look('ops', T0)).current?.ref, open);
      });
    });

    describe('readings', () => {
      test('say how many wait and since when, over all ranks and messages under way', async () => {
        await add({ alerts: ['young'], rank: 0, at: T0 - 1, group: 'g1' });
        await add({ alerts: ['old', 'old2'], rank: 4, at: T0 - 100, group: 'g2' });
        const at = T0;
        assert.deepEqual(waitingOf(await look('ops', at)), [3, T0 - 100]);
        await sealNext('ops', 1);
        assert.deepEqual(waitingOf(await look('ops', at)), [3, T0 - 100]);
        const reading = readingOf(await outbox.readLanes(), 'ops');
        assert.deepEqual([reading.waitingEvents, reading.oldestAt], [3, T0 - 100]);
      });
    });

    describe('prune', () => {
      test('removes what was delivered before, in small batches, and nothing that waits', async () => {
        for (let index = 0; index < 5; index++) await add({ alerts: [`a${index}`], group: `g${index}` });
        await deliver('ops', 3, T0);
        assert.equal(await pruneAll(T0, T0), 0);
        assert.ok((await pruneAll(T0 + 1, T0 + 1)) > 0);
        assert.deepEqual(alertsOf(await pageOf('ops')), ['a3', 'a4']);
        assert.equal(await pruneAll(T0 + 1, T0 + 1), 0);
      });

      test('keeps a notification as long as one of its lanes holds an event of it', async () => {
        await add({ alerts: ['a'], lanes: ['ops', 'log'] });
        await deliver('ops');
        await pruneAll(T0 + 1, T0 + 1);
        assert.deepEqual(alertsOf(await pageOf('log')), ['a']);
      });

      test('keeps dead letters for their own, longer time', async () => {
        await add({ alerts: ['a'] });
        await settle('ops', await sealNext('ops'), { message: { kind: 'dead' } });
        await pruneAll(T0 + 1, T0);
        const [letter] = await lettersIn('ops');
        assert.deepEqual(alertsOf({ events: letter?.events ?? [], mends: [] }), ['a']);
        await pruneAll(T0 + 1, T0 + 1);
        assert.deepEqual(await lettersIn('ops'), []);
      });
    });

    test('a heartbeat is remembered, the latest of each kind, also after a restart', async () => {
      assert.equal(await outbox.readHeartbeat('watchdog'), undefined);
      await outbox.noteHeartbeat('watchdog', T0);
      await outbox.noteHeartbeat('watchdog', T0 + 5);
      await outbox.noteHeartbeat('another', T0 + 7);
      await restart();
      assert.equal(await outbox.readHeartbeat('watchdog'), T0 + 5);
    });

    test('a closed outbox refuses with outbox_unavailable, and closes twice without complaint', async () => {
      await outbox.close();
      await outbox.close();
      await assert.rejects(add({ alerts: ['a'] }), { code: 'outbox_unavailable' });
    });
  });

  describeLeases(name, open);
  describeFence(name, open);
  describeTakeover(name, open);
  describeCredentials(name, open);
  describeTrouble(name, open);
  describeUnseal(name, open);
  describeExpiry(name, open);
  describeMoveTimes(name, open);
  describeMonth(name, open);
  describeGivenUp(name, open);
  describeHandOver(name, open);
  describeToldOnce(name, open);
  describeLedger(name, open);
}

interface Given {
  readonly alerts: readonly string[];
  readonly lanes: readonly string[];
  readonly rank: number;
  readonly group: string;
  readonly state: string;
  readonly at: number;
}

function notification(given: Partial<Given>): NewNotification {
  const { alerts = ['a'], lanes = ['ops'], rank = 2, group = 'g', state = 'firing', at = T0 } = given;
  const piece: NewPiece = {
    rank,
    lanes,
    alerts: JSON.stringify(alerts.map((name) => ({ name }))),
    states: alerts.map((name) => ({
      fingerprint: Buffer.from(name, 'utf16le').toString('hex').padEnd(16, '0').slice(0, 16),
      startsAt: 'T',
      firing: state === 'firing',
    })),
  };
  return {
    id: randomUUID(),
    receivedAt: at,
    repeat: {
      groupId: group,
      key: `${group} ${state} ${alerts.join(' ')}`,
      poster: '',
      windowMs: WINDOW,
      reminder: false,
      truncated: false,
    },
    head: JSON.stringify({ receiver: 'r' }),
    pieces: [piece],
  };
}

function alertsOf(page: EventPage): string[] {
  return page.events.map(({ piece, place }) => JSON.parse(piece.alerts)[place.index].name);
}

function numbersOf(page: EventPage): number[] {
  return page.events.map((event) => event.number);
}

function idOf(appended: Appended): string {
  return appended.kind === 'abandoned' ? assert.fail('abandoned') : appended.notificationId;
}

function began(started: Started | 'stale'): Started {
  assert.notEqual(started, 'stale');
  return started as Started; // just asserted
}

function underOf({ paceKey, paceMark }: CredentialView): Under {
  return { paceKey, paceMark };
}

function waitingOf(view: LaneView): [number, number | undefined] {
  return [view.waiting, view.oldestAt];
}

function readingOf<Reading extends { lane: string }>(readings: readonly Reading[], lane: string): Reading {
  const reading = readings.find((one) => one.lane === lane);
  assert.ok(reading);
  return reading;
}
