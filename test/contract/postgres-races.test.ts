/**
 * Several engines on one schema, as several replicas have them, with the same thing asked of them at the same moment: what must happen once
 * happens once, and the books balance whoever comes first.
 */
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { Client } from 'pg';
import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Appended, Lease, Outbox, Started } from '../../src/core/outbox/contract.ts';
import { eventually } from '../support/eventually.ts';
import { takeLanes } from './lease-steps.ts';
import { DEAD, DELIVERED } from './outbox-endings.ts';
import { began, laneOf, namesOf } from './outbox-steps.ts';
import { assertBooks } from './postgres-books.ts';
import { arrivalOf, createStore, fingerprintOf, planSeal, settle } from './postgres-steps.ts';

const store = await createStore();
after(store.drop);

let outboxes: readonly Outbox[] = [];
afterEach(async () => {
  await Promise.all(outboxes.map((outbox) => outbox.close()));
  await store.empty();
});

/** Opens one engine for each of these clocks, by the database's time. */
async function openAll(...clocks: readonly Clock[]): Promise<void> {
  const options = { time: 'database', connections: 5 } as const;
  outboxes = await Promise.all(clocks.map((clock) => store.open({ ...options, clock })));
}

const engine = (index: number): Outbox => outboxes[index] ?? assert.fail();

/** Wrong by so much. */
function machineClock(wrongMs: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + wrongMs };
}

test('what nobody waits for any more is not stored behind what another replica has stored meanwhile', async () => {
  await openAll(systemClock, systemClock);
  await takeLanes(engine(0), [laneOf('ops')], Date.now());
  const arrival = { group: 'g', alerts: ['a'], lanes: ['ops'] };
  await engine(0).append(arrivalOf(arrival));
  const { schema, ...address } = store.address;
  const other = new Client(address);
  await other.connect();
  try {
    // The other replica stores in the stream; this one waits for it.
    await other.query(`begin; select * from ${schema}.group_memory where id = 'g' for update`);
    let isWanted = true;
    const answer = engine(0).append({ ...arrivalOf(arrival), isWanted: () => isWanted });
    await eventually('it waits', async () => {
      const [waiting] = await store.query('select count(*)::int as count from pg_locks where not granted');
      return waiting?.count !== 0;
    });
    isWanted = false;
    await other.query('commit');
    assert.deepEqual(await answer, { kind: 'abandoned' });
  } finally {
    await other.end();
  }
  assert.equal((await engine(1).view({ lane: 'ops', at: Date.now() })).waiting, 1);
});

describe('of two copies that come to two replicas at the same moment', () => {
  beforeEach(async () => {
    await openAll(machineClock(-3_000), machineClock(3_000));
    await takeLanes(engine(0), [laneOf('ops')], Date.now());
  });

  const rows = [
    { name: 'one is accepted and the other known as a copy', reminder: false },
    { name: 'one is accepted and the other known as a copy, reminders too', reminder: true },
  ];
  for (const { name, reminder } of rows) {
    test(name, async () => {
      for (let round = 0; round < 100; round++) {
        const copy = () =>
          arrivalOf({ group: `g${round % 7}`, key: `k${round}`, alerts: ['a'], lanes: ['ops'], reminder });
        // Each says when it came, by its own clock.
        const answers = await Promise.all([
          engine(round % 2).append({ ...copy(), receivedAt: Date.now() + 3_000 }),
          engine(1 - (round % 2)).append({ ...copy(), receivedAt: Date.now() - 3_000 }),
        ]);
        assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['accepted', 'duplicate'], `round ${round}`);
        assert.deepEqual(answers.map(idOf)[0], answers.map(idOf)[1]);
      }
      const { waiting } = await engine(0).view({ lane: 'ops', at: Date.now() });
      assert.equal(waiting, 100);
    });
  }

  test('a hundred pairs in one go: as many are accepted as copies are known', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
    const copies = (order: readonly string[]) =>
      order.map((key) => arrivalOf({ group: `g${key}`, key, alerts: ['a'], lanes: ['ops'] }));
    const answers = await Promise.all([
      ...copies(keys).map((copy) => engine(0).append(copy)),
      ...copies(keys.toReversed()).map((copy) => engine(1).append(copy)),
    ]);
    assert.equal(answers.filter(({ kind }) => kind === 'accepted').length, 100);
    await assertBooks(store);
  });
});

test('of what comes to three replicas at once nothing is lost or miscounted, and no state of an alert overtakes another', async () => {
  await openAll(systemClock, systemClock, systemClock);
  const lanes = ['ops', 'dev', 'web'];
  await takeLanes(
    engine(0),
    lanes.map((name) => laneOf(name)),
    Date.now(),
  );
  const numbers = Array.from({ length: 40 }, (_, index) => index);
  const answers = await Promise.all(
    outboxes.flatMap((outbox, replica) =>
      numbers.map((number) => {
        const group = number % 20;
        const alerts = [`a${group}`, `b${group}`];
        const state = `${replica} ${String(number).padStart(2, '0')}`;
        return outbox.append(
          arrivalOf({ group: `g${group}`, alerts, state, lanes: lanes.slice(0, 1 + (group % 3)) }),
        );
      }),
    ),
  );
  await assertBooks(store);
  for (const [index, lane] of lanes.entries()) {
    const { waiting } = await engine(index).view({ lane, at: Date.now() });
    const { events } = await engine(index).page({ lane, maxEvents: 1_000, maxBytes: 1e7 });
    // From an earlier start than another replica has stored before, an alert says nothing new.
    const queued = answers.reduce((sum, answer) => sum + queuedIn(lane, answer), 0);
    assert.deepEqual([waiting, events.length], [queued, queued], lane);
    assert.ok(queued >= numbers.filter((number) => number < 20 && number % 3 >= index).length * 2, lane);
    const states = Map.groupBy(
      events,
      ({ piece, place }) => JSON.parse(piece.alerts)[place.index].name as string,
    );
    for (const [name, own] of states) {
      const told = own.map(({ piece, place }) => JSON.parse(piece.alerts)[place.index].state as string);
      const last = await engine(index).readState(`g${name.slice(1)}`, fingerprintOf(name));
      assert.equal(told.at(-1), last?.startsAt, `the last of ${name} in ${lane} is what is remembered`);
      assert.deepEqual(told, told.toSorted(), `${name} in ${lane}`);
    }
  }
});

test('two lanes that share a credential never take the same start, whoever holds them', async () => {
  await openAll(systemClock, systemClock);
  const lanes = ['ops', 'dev'].map((name) => laneOf(name, { paceKeys: ['shared'] }));
  const leaseOf = await takeLanes(engine(0), lanes, Date.now());
  for (let round = 0; round < 15; round++) {
    await engine(0).append(arrivalOf({ group: 'g', alerts: ['a'], lanes: ['ops', 'dev'] }));
    const seals = [
      await planSeal(engine(0), leaseOf('ops')),
      await planSeal(engine(1), leaseOf('dev')),
    ] as const;
    const starts = await Promise.all(seals.map((seal) => seal?.()));
    assert.equal(starts.filter((started) => started === 'stale').length, 1, `round ${round}`);
    for (const [index, started] of starts.entries()) {
      const { lane } = leaseOf(index === 0 ? 'ops' : 'dev');
      const again = started === 'stale' ? await (await planSeal(engine(index), leaseOf(lane)))?.() : started;
      await settle(engine(index), { lane, started: began(again ?? 'stale') }, DELIVERED);
    }
  }
  await assertBooks(store);
});

describe('a lane and its fallback, drained by two replicas', () => {
  let leaseOf: (lane: string) => Lease;
  beforeEach(async () => {
    await openAll(systemClock, systemClock);
    const lanes = [laneOf('ops', { fallback: 'backup' }), laneOf('backup', { plugin: 'mail' })];
    leaseOf = await takeLanes(engine(0), lanes, Date.now());
  });

  async function handOver(outbox: Outbox, alerts: readonly string[]): Promise<void> {
    await outbox.append(arrivalOf({ group: 'g', alerts, lanes: ['ops'] }));
    const request = { to: 'backup', ranks: [2], tellTwice: false, at: Date.now() };
    const { events } = await outbox.handOver({ ...leaseOf('ops'), ...request });
    assert.equal(events, alerts.length);
  }
  const sealed = async (index: number, lane: string): Promise<Started> =>
    began((await (await planSeal(engine(index), leaseOf(lane), { take: 9 }))?.()) ?? 'stale');
  const endOf = (index: number, lane: string, started: Started) =>
    settle(engine(index), { lane, started }, DELIVERED);

  test('deliver the same events at the same moment: both lanes are empty, and nothing is counted twice', async () => {
    for (let round = 0; round < 12; round++) {
      await handOver(engine(round % 2), ['a', 'b']);
      const own = await sealed(0, 'ops');
      const stand = await sealed(1, 'backup');
      await Promise.all([endOf(0, 'ops', own), endOf(1, 'backup', stand)]);
      await assertBooks(store);
    }
    for (const { waitingEvents } of await engine(0).readLanes()) assert.equal(waitingEvents, 0);
  });

  test('one delivers while the other seals the same: it has them or finds them gone', async () => {
    const found = { stale: 0, sealed: 0 };
    for (let round = 0; round < 12; round++) {
      await handOver(engine(round % 2), ['a', 'b']);
      const [teller, other] = round % 2 === 0 ? (['ops', 'backup'] as const) : (['backup', 'ops'] as const);
      const telling = await sealed(0, teller);
      const seal = await planSeal(engine(1), leaseOf(other), { take: 9 });
      const [, started] = await Promise.all([endOf(0, teller, telling), seal?.()]);
      await assertBooks(store);
      assert.ok(started !== undefined);
      found[started === 'stale' ? 'stale' : 'sealed'] += 1;
      if (started !== 'stale') await endOf(1, other, started);
    }
    assert.equal(found.stale + found.sealed, 12);
    await assertBooks(store);
    for (const { waitingEvents } of await engine(0).readLanes()) assert.equal(waitingEvents, 0);
  });
});

describe('by two at once', () => {
  let lease: Lease;
  beforeEach(async () => {
    await openAll(systemClock, systemClock);
    lease = (await takeLanes(engine(0), [laneOf('ops')], Date.now()))('ops');
  });

  async function send(alert: string, ending: typeof DEAD | typeof DELIVERED): Promise<number> {
    await engine(0).append(arrivalOf({ group: 'g', alerts: [alert], lanes: ['ops'] }));
    const started = began((await (await planSeal(engine(0), lease))?.()) ?? 'stale');
    await settle(engine(0), { lane: 'ops', started }, ending);
    return started.message.ref;
  }

  test('history is removed once', async () => {
    for (let count = 0; count < 20; count++) await send(`a${count}`, DELIVERED);
    const later = Date.now() + 60_000;
    const pruneAll = async (outbox: Outbox): Promise<number> => {
      let removed = 0;
      for (;;) {
        const rows = await outbox.prune({ settledBefore: later, deadBefore: later, batch: 4 });
        if (rows === 0) return removed;
        removed += rows;
      }
    };
    const [first, second] = await Promise.all([pruneAll(engine(0)), pruneAll(engine(1))]);
    // A message and a notification each.
    assert.equal(first + second, 40);
    for (const table of ['message', 'message_part', 'attempt', 'notification', 'piece'])
      assert.deepEqual(await store.query(`select * from ${table}`), []);
  });

  test('a dead letter is delivered again or dropped, not both', async () => {
    for (let round = 0; round < 12; round++) {
      const message = await send(`a${round}`, DEAD);
      const [first, second] = [engine(round % 2), engine(1 - (round % 2))];
      const at = Date.now();
      const [revived, dropped] = await Promise.all([
        first.reviveDeadLetters({ messages: [message], lanes: ['ops'], at }),
        second.dropDeadLetters({ messages: [message], at }),
      ]);
      assert.deepEqual([...revived, ...dropped].map(({ kind }) => kind).sort(), ['done', 'not_dead']);
      await assertBooks(store);
      const names = namesOf((await first.page({ lane: 'ops', maxEvents: 9, maxBytes: 1e6 })).events);
      assert.deepEqual(names, revived[0]?.kind === 'done' ? [`a${round}`] : []);
      if (names.length > 0) await settleFront();
    }
  });

  async function settleFront(): Promise<void> {
    const started = began((await (await planSeal(engine(0), lease))?.()) ?? 'stale');
    await settle(engine(0), { lane: 'ops', started }, DELIVERED);
  }
});

test('five replicas that claim at the same moment share the lanes: each has one holder, and no lease is given twice', async () => {
  await openAll(...Array.from({ length: 5 }, () => systemClock));
  const lanes = Array.from({ length: 12 }, (_, index) => laneOf(`lane-${index}`));
  await Promise.all(outboxes.map((outbox) => outbox.registerLanes(lanes)));
  const held: (readonly Lease[])[] = outboxes.map(() => []);
  const given = new Map<string, number>();
  for (let round = 0; round < 12; round++) {
    const before = held.flat().map(({ lane, epoch }) => `${lane} ${epoch}`);
    await Promise.all(
      outboxes.map(async (outbox, index) => {
        const request = { lanes, leaseMs: 30_000, holding: held[index] ?? [], at: Date.now() };
        const replica = `replica ${index}`;
        const { leases, surplus } = await outbox.claimLanes({ ...request, replica });
        held[index] = leases.filter(({ lane }) => lane !== surplus);
        for (const { lane, epoch } of leases) {
          const key = `${lane} ${epoch}`;
          if (before.includes(key)) continue;
          assert.equal(given.get(key) ?? index, index, `${key} is given to two`);
          given.set(key, index);
        }
        if (surplus !== undefined) await outbox.releaseLanes({ replica, lanes: [surplus], at: Date.now() });
      }),
    );
    const names = held.flat().map(({ lane }) => lane);
    assert.equal(new Set(names).size, names.length, `round ${round}: a lane has two holders`);
  }
  assert.deepEqual(held.map(({ length }) => length).sort(), [2, 2, 2, 3, 3]);
});

function idOf(answer: Appended): string {
  return answer.kind === 'abandoned' ? assert.fail('abandoned') : answer.notificationId;
}

function queuedIn(lane: string, answer: Appended): number {
  return answer.kind === 'accepted' ? (answer.queued.get(lane) ?? 0) : 0;
}
