/**
 * The books of a random history: what came, what each lane has told, and what the tables say it still holds. An event is named
 * `alert/arrival`; a lane holds each at most once.
 */
import assert from 'node:assert/strict';
import type { Kysely } from 'kysely';
import { unpack } from '../../src/core/outbox/operations/packed.ts';
import { view } from '../../src/core/outbox/operations/view.ts';
import type { OutboxTables } from '../../src/core/outbox/schema.ts';

/** `ops` has `other` as its fallback. */
export const LANES = ['ops', 'other'] as const;

/** Where an alert goes: to one lane, to the other, or to both. */
export function lanesOf(alert: number): readonly string[] {
  return alert < 3 ? ['ops'] : alert < 5 ? ['ops', 'other'] : ['other'];
}

/** An event that a lane holds. */
export interface Held {
  readonly lane: string;
  readonly name: string;
  readonly place: 'run' | 'sealed' | 'dead';
  readonly notification: number;
  readonly message: number | undefined;
}

/** Books of an outbox in which nothing has happened. */
export function createBooks(db: Kysely<OutboxTables>) {
  /** Counts what happens, so that two things never happen at once. */
  let clock = 0;
  const own = new Map<string, readonly string[]>();
  /** By `lane name`: when it was told. */
  const told = new Map<string, number>();
  const inOrder = new Map<string, string[]>(LANES.map((lane) => [lane, []]));
  const dropped = new Set<string>();
  /** Somebody had them delivered again: no order is promised, nor that the fallback has not told them. */
  const revived = new Set<string>();
  /** They were in a message when they were handed over: people may be told by both. */
  const sealedWhenHanded = new Set<string>();
  /** Ops gave up on them: its fallback is to tell them. */
  const letters = new Set<string>();
  const messages = new Map<number, Sealed>();
  const expired = new Map<string, number>(LANES.map((lane) => [lane, 0]));

  const isFallback = (lane: string, name: string): boolean =>
    !(own.get(name) ?? assert.fail(name)).includes(lane);
  const toldAt = (lane: string, name: string): number | undefined => told.get(`${lane} ${name}`);
  const addExpired = (lane: string, count: number): void =>
    void expired.set(lane, (expired.get(lane) ?? 0) + count);

  /** Nobody is told what the other lane has told already in its place, unless its message was sealed before. */
  function checkToldOnce(lane: string, name: string, { sealedAt }: Sealed): void {
    assert.equal(toldAt(lane, name), undefined, `${name} is told twice in ${lane}`);
    const isShared = isFallback('other', name);
    const before = toldAt(lane === 'ops' ? 'other' : 'ops', name);
    if (!isShared || before === undefined || revived.has(name) || sealedWhenHanded.has(name)) return;
    assert.ok(sealedAt < before, `${name} is told in ${lane} although it was told in the other lane`);
  }

  return {
    arrived(name: string, lanes: readonly string[]): void {
      own.set(name, lanes);
    },
    sealed(lane: string, message: number, covers: Pick<Sealed, 'names' | 'expired'>): void {
      messages.set(message, { ...covers, sealedAt: ++clock });
      addExpired(lane, -covers.expired);
    },
    /** A message was delivered; answers how many events it had. */
    told(lane: string, message: number): number {
      const sealed = messages.get(message) ?? assert.fail();
      for (const name of sealed.names) {
        checkToldOnce(lane, name, sealed);
        told.set(`${lane} ${name}`, ++clock);
        inOrder.get(lane)?.push(name);
      }
      return sealed.names.length;
    },
    /** A message was given up on or voided; answers how many events it had. */
    untold(lane: string, message: number): number {
      const sealed = messages.get(message) ?? assert.fail();
      addExpired(lane, sealed.expired);
      return sealed.names.length;
    },
    expired: addExpired,
    /** What ops and other hold before ops hands over, and after; so many events the operation has told of. */
    handedOver(before: readonly Held[], after: readonly Held[], events: number): void {
      for (const { lane, place, name } of before)
        if (lane === 'ops' && place === 'sealed') sealedWhenHanded.add(name);
      const heldIn = (held: readonly Held[]): number => held.filter(({ lane }) => lane === 'other').length;
      assert.equal(heldIn(after) - heldIn(before), events, 'events handed over');
    },
    /** What both hold before ops gives up on a message, and after; so many of its events the fallback has got. */
    givenUp(before: readonly Held[], after: readonly Held[], events: number): void {
      const inOther = (held: readonly Held[]): string[] =>
        held.filter(({ lane }) => lane === 'other').map(({ name }) => name);
      const known = inOther(before);
      const got = inOther(after).filter((name) => !known.includes(name));
      assert.equal(got.length, events, 'events given up on that the fallback has got');
      const isOld = (message: number | undefined): boolean =>
        before.some((one) => one.place === 'dead' && one.message === message);
      for (const { lane, name, place, message } of after)
        if (lane === 'ops' && place === 'dead' && !isOld(message)) letters.add(name);
    },
    /** The messages that go again, set aside or not. */
    open: async () =>
      await db
        .selectFrom('message')
        .innerJoin('lane', 'lane.id', 'message.lane_id')
        .select(['message.id', 'lane.name as lane'])
        .where('message.state', 'in', ['open', 'aside'])
        .execute(),
    decided(fate: 'revive' | 'drop', letter: readonly Held[]): void {
      for (const { lane, name } of letter) {
        if (fate === 'drop') dropped.add(`${lane} ${name}`);
        else revived.add(name);
      }
    },
    /** One lane is through with an event that the other holds. */
    isHalfDone(held: readonly Held[]): boolean {
      const isDone = (key: string): boolean => told.has(key) || dropped.has(key);
      return held.some(({ name }) => LANES.some((lane) => isDone(`${lane} ${name}`)));
    },
    read: async (): Promise<Held[]> => await readHeld(db),
    /** Counters, rows and books say the same, and nothing is lost. */
    async check(at: number): Promise<void> {
      const held = await readHeld(db);
      for (const lane of LANES) {
        const mine = held.filter((one) => one.lane === lane);
        assert.equal(new Set(mine.map(({ name }) => name)).size, mine.length, `an event is twice in ${lane}`);
        const seen = await view(db, { lane, at });
        const runs = mine.filter(({ place }) => place === 'run').length;
        const sealed = mine.filter(({ place }) => place === 'sealed').length;
        assert.deepEqual([seen.unsealed, seen.waiting], [runs, runs + sealed], `counters of ${lane}`);
        assert.equal(seen.expired, expired.get(lane), `expired events of ${lane} that no message told of`);
      }
      await checkPending(db, held);
      const known = new Set(held.map(({ lane, name }) => `${lane} ${name}`));
      for (const [name, lanes] of own) {
        for (const lane of lanes) {
          const key = `${lane} ${name}`;
          const isTold =
            told.has(key) || (lane === 'ops' && isFallback('other', name) && told.has(`other ${name}`));
          assert.ok(isTold || known.has(key) || dropped.has(key), `${name} is lost in ${lane}`);
        }
      }
    },
    /** Nothing waits, and the states of each alert were told in their order. */
    checkEnd(held: readonly Held[]): void {
      assert.deepEqual(
        held.filter(({ place }) => place !== 'dead'),
        [],
      );
      const inOther = held.filter(({ lane }) => lane === 'other').map(({ name }) => name);
      for (const name of letters) {
        const isKnown = told.has(`other ${name}`) || dropped.has(`other ${name}`) || inOther.includes(name);
        assert.ok(isKnown || told.has(`ops ${name}`), `the fallback never heard of ${name}, given up on`);
      }
      for (const [lane, names] of inOrder) {
        for (const alert of [0, 1, 2, 3, 4, 5]) {
          const arrivals = names
            .filter((name) => name.startsWith(`${alert}/`) && !revived.has(name))
            .map((name) => Number(name.split('/')[1]));
          assert.deepEqual(
            arrivals,
            arrivals.toSorted((a, b) => a - b),
            `order of alert ${alert} in ${lane}`,
          );
        }
      }
    },
    /** Retention has removed everything. */
    async checkEmpty(): Promise<void> {
      for (const table of ['notification', 'piece', 'run', 'message', 'message_part', 'attempt'] as const) {
        const { rows } = await db
          .selectFrom(table)
          .select((eb) => eb.fn.countAll<number>().as('rows'))
          .executeTakeFirstOrThrow();
        assert.equal(Number(rows), 0, `rows left in ${table}`);
      }
    },
  };
}

/** A message, when it was sealed. */
interface Sealed {
  readonly names: readonly string[];
  /** Of how many expired events it tells. */
  readonly expired: number;
  readonly sealedAt: number;
}

async function readHeld(db: Kysely<OutboxTables>): Promise<Held[]> {
  const runs = await db
    .selectFrom('run')
    .innerJoin('lane', 'lane.id', 'run.lane_id')
    .innerJoin('piece', 'piece.id', 'run.piece_id')
    .select(['lane.name', 'run.first', 'run.last', 'piece.alerts', 'piece.notification_id'])
    .execute();
  const parts = await db
    .selectFrom('message_part')
    .innerJoin('message', 'message.id', 'message_part.message_id')
    .innerJoin('lane', 'lane.id', 'message.lane_id')
    .innerJoin('piece', 'piece.id', 'message_part.piece_id')
    .select(['lane.name', 'message_part.first', 'message_part.last', 'piece.alerts', 'piece.notification_id'])
    .select(['message.id', 'message.state'])
    .where('message.state', 'in', ['open', 'aside', 'dead'])
    .execute();
  return [
    ...runs.flatMap((run) => eventsOf(run, { place: 'run', message: undefined })),
    ...parts.flatMap((part) =>
      eventsOf(part, { place: part.state === 'dead' ? 'dead' : 'sealed', message: part.id }),
    ),
  ];
}

function eventsOf(
  row: { name: string; first: number; last: number; alerts: Uint8Array; notification_id: number },
  where: Pick<Held, 'place' | 'message'>,
): Held[] {
  const { name: lane, first, last, notification_id: notification } = row;
  const alerts: { name: string }[] = JSON.parse(unpack(row.alerts));
  return alerts.slice(first, last + 1).map(({ name }) => ({ lane, name, notification, ...where }));
}

/** A notification counts its events that lanes hold, dead letters included. */
async function checkPending(db: Kysely<OutboxTables>, held: readonly Held[]): Promise<void> {
  for (const { id, pending } of await db.selectFrom('notification').select(['id', 'pending']).execute()) {
    const count = held.filter(({ notification }) => notification === id).length;
    assert.equal(pending, count, `pending of notification ${id}`);
  }
}
