/**
 * The ledger's part of the outbox contract: what people are told of an event is what became of it, in each state that it can be in.
 * Called by outbox-suite.ts for every engine.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type {
  LedgerEntry,
  LedgerPiece,
  LedgerRequest,
  NewNotification,
  Outbox,
  Settlement,
  Started,
} from '../../src/core/outbox/contract.ts';
import { type LeaseOf, takeLanes } from './lease-steps.ts';

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;
const LANES = ['ops', 'backup', 'log'];
const DELIVERED: Settlement = { message: { kind: 'delivered' } };
const DEAD: Settlement = { message: { kind: 'dead' } };
const AGAIN: Settlement = {
  message: {
    kind: 'again',
    at: T0 + 5 * MINUTE,
    setAside: false,
    history: { ownFailures: 1, ambiguous: false },
  },
};

/** An engine on a store of its own. */
export interface LedgerEngine {
  readonly outbox: Outbox;
  /** Closes and removes the store. */
  remove(): Promise<void>;
}

/** Runs the ledger's cases over one engine. */
export function describeLedger(name: string, open: () => Promise<LedgerEngine>): void {
  describe(`the ledger on ${name}`, () => {
    let engine: LedgerEngine;
    let outbox: Outbox;
    let leaseOf: LeaseOf;

    beforeEach(async () => {
      engine = await open();
      outbox = engine.outbox;
      leaseOf = await takeLanes(outbox, LANES.map(toSetup), T0);
    });
    afterEach(async () => await engine.remove());

    const add = async (given: Partial<Given> = {}): Promise<void> =>
      void (await outbox.append(notification(given)));
    const sealNext = async (lane: string, covers = 1, at = T0): Promise<Started> => {
      const { credentials } = await outbox.view({ lane, at });
      const { events, mends } = await outbox.page({ lane, maxEvents: covers, maxBytes: 1 << 20 });
      const started = await outbox.seal({
        ...leaseOf(lane),
        id: randomUUID(),
        form: covers > 1 ? 'digest' : 'link',
        body: '',
        mends,
        covers: events.map((event) => event.place),
        expiredTold: 0,
        under: { paceKey: lane, paceMark: credentials[0]?.paceMark ?? 0 },
        at,
      });
      assert.ok(started !== 'stale');
      return started;
    };
    const settle = async (
      lane: string,
      started: Started,
      settlement: Settlement,
      at = T0,
    ): Promise<number> => {
      const delivered = settlement.message.kind === 'delivered';
      await outbox.settle({
        lane,
        attempt: started.attempt,
        message: started.message.ref,
        outcome: delivered ? 'delivered' : 'retry',
        reason: delivered ? 'ok' : 'timeout',
        detail: delivered ? '' : 'no answer',
        settlement,
        at,
      });
      return started.message.ref;
    };
    const send = async (lane: string, settlement: Settlement, covers = 1): Promise<number> =>
      await settle(lane, await sealNext(lane, covers), settlement, T0 + 7);
    const readAll = async (request: LedgerRequest = {}): Promise<LedgerPiece[]> => {
      const pieces: LedgerPiece[] = [];
      let before: number | undefined;
      do {
        const portion = await outbox.readLedger({ ...request, ...(before === undefined ? {} : { before }) });
        pieces.push(...portion.pieces);
        before = portion.next;
      } while (before !== undefined);
      return pieces;
    };
    const entriesOf = async (request: LedgerRequest = {}): Promise<LedgerEntry[]> =>
      (await readAll(request)).flatMap((piece) => piece.entries);
    const onlyEntry = async (): Promise<LedgerEntry> => {
      const [entry, ...others] = await entriesOf();
      assert.ok(entry);
      assert.deepEqual(others, []);
      return entry;
    };

    const receivedSince = async (since: number): Promise<number[]> =>
      (await readAll({ since })).map((piece) => piece.receivedAt);
    const revive = async (message: number): Promise<void> =>
      void (await outbox.reviveDeadLetters({ messages: [message], lanes: LANES, at: T0 }));
    const handOver = async ({ tellTwice }: { readonly tellTwice: boolean }): Promise<void> =>
      void (await outbox.handOver({ ...leaseOf('ops'), to: 'backup', ranks: [2], tellTwice, at: T0 }));

    test('is empty at first', async () => {
      assert.deepEqual(await outbox.readLedger({}), { pieces: [], next: undefined });
    });

    test('has all that came with a notification, the last alert first, each in all of its lanes', async () => {
      await add({ alerts: ['a', 'b'], lanes: ['ops', 'log'], at: T0 - 5 });
      const [piece] = await readAll();
      assert.ok(piece);
      assert.deepEqual([piece.receivedAt, piece.firstNumber, piece.head], [T0 - 5, 0, '{"receiver":"r"}']);
      assert.deepEqual(JSON.parse(piece.alerts), [{ name: 'a' }, { name: 'b' }]);
      assert.deepEqual(
        piece.entries.map(({ index, lane, state }) => [index, lane, state]),
        [
          [1, 'log', 'waiting'],
          [1, 'ops', 'waiting'],
          [0, 'log', 'waiting'],
          [0, 'ops', 'waiting'],
        ],
      );
    });

    describe('says of an event that it', () => {
      test('waits, in no message', async () => {
        await add();
        assert.deepEqual(await onlyEntry(), { index: 0, lane: 'ops', state: 'waiting' });
      });

      test('is being sent, since when', async () => {
        await add();
        const { message } = await sealNext('ops', 1, T0 + 3);
        assert.deepEqual(await onlyEntry(), {
          index: 0,
          lane: 'ops',
          state: 'being_sent',
          message: {
            ref: message.ref,
            id: message.id,
            form: 'link',
            sealedAt: T0 + 3,
            attempts: 1,
            sendingSince: T0 + 3,
          },
        });
      });

      for (const setAside of [false, true]) {
        test(`waits for another attempt${setAside ? ', set aside' : ''}, when, and why the last one failed`, async () => {
          await add();
          await send('ops', { message: { ...AGAIN.message, setAside } as Settlement['message'] });
          const { state, message } = await onlyEntry();
          assert.equal(state, 'retrying');
          assert.deepEqual(
            [message?.retryAt, message?.attempts, message?.reason, message?.detail, message?.sendingSince],
            [T0 + 5 * MINUTE, 1, 'timeout', 'no answer', undefined],
          );
        });
      }

      test('was delivered, when, in which message', async () => {
        await add();
        const ref = await send('ops', DELIVERED);
        const { state, message, ...entry } = await onlyEntry();
        assert.deepEqual([state, entry], ['delivered', { index: 0, lane: 'ops' }]);
        assert.deepEqual(
          [message?.ref, message?.settledAt, message?.reason, message?.retryAt],
          [ref, T0 + 7, 'ok', undefined],
        );
      });

      test('is a dead letter, which one, and why', async () => {
        await add();
        const ref = await send('ops', DEAD);
        const { state, message } = await onlyEntry();
        assert.deepEqual(
          [state, message?.ref, message?.settledAt, message?.reason],
          ['dead', ref, T0 + 7, 'timeout'],
        );
      });

      test('expired', async () => {
        await add();
        await outbox.expire({
          ...leaseOf('ops'),
          id: randomUUID(),
          rank: 2,
          before: T0 + 1,
          at: T0 + MINUTE,
        });
        const { state, message } = await onlyEntry();
        assert.deepEqual([state, message?.attempts, message?.reason], ['dead', 0, 'expired']);
      });

      test('was dropped, when', async () => {
        await add();
        const ref = await send('ops', DEAD);
        await outbox.dropDeadLetters({ messages: [ref], at: T0 + MINUTE });
        const { state, message } = await onlyEntry();
        assert.deepEqual([state, message?.ref, message?.settledAt], ['dropped', ref, T0 + MINUTE]);
      });

      test('waits again, after the dead letter that it was in', async () => {
        await add();
        const letter = await send('ops', DEAD);
        await revive(letter);
        assert.deepEqual(await onlyEntry(), { index: 0, lane: 'ops', state: 'waiting', revived: letter });
      });

      test('was delivered after all, after the latest of its dead letters', async () => {
        await add();
        await revive(await send('ops', DEAD));
        const second = await send('ops', DEAD);
        await revive(second);
        const ref = await send('ops', DELIVERED);
        const { state, message, revived } = await onlyEntry();
        assert.deepEqual([state, message?.ref, revived], ['delivered', ref, second]);
      });

      test('waits, once its message was voided: that is no history of its own', async () => {
        await add({ alerts: ['a', 'b'] });
        await send('ops', { message: { kind: 'recompose', mends: [], atMost: 1 } }, 2);
        const ref = await send('ops', DELIVERED);
        assert.deepEqual(
          (await entriesOf()).map(({ index, state, message }) => [index, state, message?.ref]),
          [
            [1, 'waiting', undefined],
            [0, 'delivered', ref],
          ],
        );
      });

      test('waits in the lane of its fallback as well, and in whose place', async () => {
        await add();
        await handOver({ tellTwice: false });
        assert.deepEqual(await entriesOf(), [
          { index: 0, lane: 'backup', fallbackOf: 'ops', state: 'waiting' },
          { index: 0, lane: 'ops', state: 'waiting' },
        ]);
      });

      test('was told by its fallback, and no more of what its own lane tried', async () => {
        await add();
        await send('ops', { message: { kind: 'recompose', mends: [], atMost: 1 } });
        await handOver({ tellTwice: false });
        await send('backup', DELIVERED);
        const { lane, fallbackOf, state } = await onlyEntry();
        assert.deepEqual([lane, fallbackOf, state], ['backup', 'ops', 'delivered']);
      });
    });

    test('of one lane: what it was given and what another tells in its place, nothing else', async () => {
      await add({ alerts: ['a'], lanes: ['ops', 'log'], group: 'g1' });
      await add({ alerts: ['b'], lanes: ['log'], group: 'g2' });
      await add({ alerts: ['c'], lanes: ['backup'], group: 'g3' });
      await send('log', DELIVERED);
      await handOver({ tellTwice: true });
      const lanesOf = async (lane: string): Promise<string[]> =>
        (await entriesOf({ lane })).map((entry) => entry.lane);
      assert.deepEqual(await lanesOf('ops'), ['backup', 'ops']);
      assert.deepEqual(await lanesOf('log'), ['log', 'log']);
      await send('backup', DELIVERED, 2);
      assert.deepEqual(await lanesOf('ops'), ['backup', 'ops']);
      assert.deepEqual(await lanesOf('backup'), ['backup', 'backup']);
      assert.deepEqual(await entriesOf({ lane: 'nobody' }), []);
    });

    test('since a time: what was received then or later', async () => {
      for (const [index, at] of [T0, T0 + 2 * MINUTE, T0 + MINUTE].entries())
        await add({ group: `g${index}`, at });
      assert.deepEqual(await receivedSince(T0 + MINUTE), [T0 + MINUTE, T0 + 2 * MINUTE]);
      assert.deepEqual(await receivedSince(T0 + MINUTE + 1), [T0 + 2 * MINUTE]);
    });

    test('since a time: also when the clock was set back a little after it', async () => {
      await add({ group: 'before', at: T0 });
      const after = inPieces(
        Array.from({ length: 250 }, (_, index) => `a${index}`),
        () => ['ops'],
      );
      await outbox.append({ ...after, receivedAt: T0 - 30 * MINUTE });
      assert.deepEqual(await receivedSince(T0), [T0]);
    });

    test('is read in portions, newest first, with nothing lost or twice where they meet', async () => {
      const names = Array.from({ length: 450 }, (_, index) => `a${index}`);
      await outbox.append(inPieces(names, (index) => (index === 3 ? ['ops', 'log'] : ['log'])));
      const first = await outbox.readLedger({});
      assert.ok(first.next !== undefined && first.pieces.length < names.length);
      assert.deepEqual((await readAll()).map(nameOf), names.toReversed());
      assert.deepEqual((await readAll({ lane: 'ops' })).map(nameOf), ['a3']);
      assert.deepEqual((await outbox.readLedger({ lane: 'ops' })).pieces, []);
      assert.deepEqual(await outbox.readLedger({ lane: 'nobody' }), { pieces: [], next: undefined });
    });

    test('a portion ends after about a mebibyte, whatever there is', async () => {
      const names = Array.from({ length: 6 }, (_, index) => `${index}`.padEnd(400_000, 'x'));
      await outbox.append(inPieces(names, () => ['ops']));
      const first = await outbox.readLedger({});
      assert.deepEqual(first.pieces.map(nameOf), names.toReversed().slice(0, 3));
      assert.deepEqual((await readAll()).map(nameOf), names.toReversed());
    });

    test('does not read on through what is much older than it was asked for', async () => {
      const old = inPieces(
        Array.from({ length: 450 }, (_, index) => `a${index}`),
        () => ['ops'],
      );
      await outbox.append({ ...old, receivedAt: T0 - 120 * MINUTE });
      await add({ group: 'young' });
      const { pieces, next } = await outbox.readLedger({ since: T0 });
      assert.equal(pieces.length, 1);
      assert.ok(next !== undefined);
      assert.deepEqual(await outbox.readLedger({ since: T0, before: next }), { pieces: [], next: undefined });
    });

    test('forgets what retention has removed, lane by lane', async () => {
      await add({ lanes: ['ops', 'log'] });
      await send('ops', DELIVERED);
      await outbox.prune({ settledBefore: T0 + MINUTE, deadBefore: T0, batch: 10 });
      assert.deepEqual(await onlyEntry(), { index: 0, lane: 'log', state: 'waiting' });
    });
  });
}

interface Given {
  readonly alerts: readonly string[];
  readonly lanes: readonly string[];
  readonly group: string;
  readonly at: number;
}

function notification({
  alerts = ['a'],
  lanes = ['ops'],
  group = 'g',
  at = T0,
}: Partial<Given>): NewNotification {
  return {
    id: randomUUID(),
    receivedAt: at,
    repeat: {
      groupId: group,
      key: randomUUID(),
      poster: '',
      windowMs: MINUTE,
      reminder: false,
      truncated: false,
    },
    head: '{"receiver":"r"}',
    pieces: [toPiece(alerts, lanes)],
  };
}

/** A notification in which every alert is a piece of its own. */
function inPieces(alerts: readonly string[], lanesOf: (index: number) => readonly string[]): NewNotification {
  return {
    ...notification({ group: 'many' }),
    pieces: alerts.map((alert, index) => toPiece([alert], lanesOf(index))),
  };
}

function toPiece(alerts: readonly string[], lanes: readonly string[]): NewNotification['pieces'][number] {
  return {
    rank: 2,
    lanes,
    alerts: JSON.stringify(alerts.map((name) => ({ name }))),
    states: alerts.map((name) => ({
      fingerprint: Buffer.from(name).toString('hex').padStart(16, '0').slice(0, 16),
      startsAt: 'T',
      firing: true,
    })),
  };
}

function toSetup(name: string) {
  return { name, plugin: 'p', paceKeys: [name], configHash: 'c' };
}

function nameOf(piece: LedgerPiece): string {
  return JSON.parse(piece.alerts)[piece.entries[0]?.index ?? -1].name;
}
