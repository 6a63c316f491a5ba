/**
 * The outbox's operations over random histories: notifications, messages of any size, every kind of settlement, kills between the
 * steps, clocks that jump. After each step the books must balance, and at the end every event was delivered once or is a dead letter,
 * the states of each alert in their order.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { Kysely } from 'kysely';
import type {
  EventPage,
  LaneView,
  MessageSettlement,
  OpenMessage,
  Started,
} from '../../src/core/outbox/contract.ts';
import { migrate } from '../../src/core/outbox/migrations/index.ts';
import { append } from '../../src/core/outbox/operations/append.ts';
import { registerLanes } from '../../src/core/outbox/operations/lanes.ts';
import { page } from '../../src/core/outbox/operations/page.ts';
import { prune } from '../../src/core/outbox/operations/prune.ts';
import { begin, seal } from '../../src/core/outbox/operations/seal.ts';
import { settle } from '../../src/core/outbox/operations/settle.ts';
import { view } from '../../src/core/outbox/operations/view.ts';
import type { OutboxTables } from '../../src/core/outbox/schema.ts';
import { createSqliteDialect } from '../../src/core/outbox/sqlite/dialect.ts';

const LANES = ['ops', 'other'];
const T0 = 1_800_000_000_000;

/** What happens next. Numbers are drawn once and read modulo what there is to choose from. */
type Step =
  | { readonly kind: 'arrive'; readonly alerts: readonly number[]; readonly lanes: number }
  | { readonly kind: 'work'; readonly lane: number; readonly take: number; readonly ends: End }
  | { readonly kind: 'restart' }
  | { readonly kind: 'prune' }
  | { readonly kind: 'clock'; readonly jumpMs: number };
type End = 'delivered' | 'again' | 'aside' | 'fresh' | 'recompose' | 'dead' | 'killed';

const ENDS: readonly End[] = [
  'delivered',
  'delivered',
  'delivered',
  'again',
  'aside',
  'fresh',
  'recompose',
  'dead',
  'killed',
];
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('arrive' as const),
      alerts: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 6, size: 'max' }),
      lanes: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      lane: fc.nat(1),
      take: fc.integer({ min: 1, max: 8 }),
      ends: fc.constantFrom(...ENDS),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'prune' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      jumpMs: fc.integer({ min: -7_200_000, max: 7_200_000 }),
    }),
  },
);

test('no event is lost, told twice or overtaken by a later state, whatever happens in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 20, maxLength: 60 }), async (history) => {
      const world = await createWorld();
      try {
        for (const step of history) {
          await world.play(step);
          await world.checkBooks();
        }
        await world.drain();
        world.checkEnd();
      } finally {
        await world.close();
      }
    }),
    { numRuns: 40 },
  );
});

async function createWorld() {
  const database = new DatabaseSync(':memory:');
  const db = new Kysely<OutboxTables>({ dialect: createSqliteDialect(database) });
  await migrate(db);
  let at = T0;
  let arrivals = 0;
  const lanes = LANES.map((name) => ({ name, plugin: 'p', paceKeys: ['k'], configHash: 'c' }));
  await registerLanes(db, lanes, at);
  /** By lane: what must still be told, what was told, what was given up; an event is `alert/state`. */
  const books = new Map(
    LANES.map((lane) => [
      lane,
      { waiting: new Set<string>(), told: [] as string[], dead: new Set<string>() },
    ]),
  );
  const bookOf = (lane: string) => books.get(lane) ?? assert.fail();
  const bodies = new Map<string, string[]>();

  async function arrive(alerts: readonly number[], which: number): Promise<void> {
    arrivals += 1;
    const to = LANES.filter((_, index) => (which & (1 << index)) !== 0);
    const names = alerts.map((alert) => `${alert}/${arrivals}`);
    await append(db, {
      id: randomUUID(),
      receivedAt: at,
      repeat: { groupId: 'g', key: String(arrivals), windowMs: 0, reminder: false, truncated: false },
      head: '{}',
      // An alert keeps its severity, as its labels do; those of one severity make up a piece.
      pieces: [...Map.groupBy(alerts, (alert) => alert % 2)].map(([rank, ofRank]) => ({
        rank,
        lanes: to,
        alerts: JSON.stringify(ofRank.map((alert) => ({ name: `${alert}/${arrivals}` }))),
        states: ofRank.map((alert) => ({
          fingerprint: `alert-${alert}`.padEnd(16, '-'),
          state: `${arrivals}`,
          firing: true,
        })),
      })),
    });
    for (const lane of to) for (const name of names) bookOf(lane).waiting.add(name);
  }

  async function work(lane: string, take: number, ends: End): Promise<boolean> {
    const seen = await view(db, { lane, at });
    const started = await startOn(lane, take, seen);
    if (started === undefined) return false;
    if (ends === 'killed') await registerLanes(db, lanes, at);
    else await end(lane, started, ends);
    return true;
  }

  async function startOn(
    lane: string,
    take: number,
    { current, setAside, credentials }: LaneView,
  ): Promise<Started | undefined> {
    const [{ paceKey, paceMark } = assert.fail()] = credentials;
    const under = { paceKey, paceMark };
    const due = current ?? (take % 2 === 0 ? setAside : undefined);
    if (due !== undefined) return began(await begin(db, { lane, message: due.ref, under, at }));
    const found = await page(db, { lane, maxEvents: take, maxBytes: 1e6 });
    if (found.events.length === 0) {
      return setAside && began(await begin(db, { lane, message: setAside.ref, under, at }));
    }
    const covers = found.events.map((event) => event.place);
    const body = randomUUID();
    bodies.set(body, namesOf(found));
    const message = { id: randomUUID(), form: 'f', body, mends: found.mends, covers, expiredTold: 0 };
    return began(await seal(db, { lane, ...message, under, at }));
  }

  async function end(
    lane: string,
    { attempt, message }: Started,
    ends: Exclude<End, 'killed'>,
  ): Promise<void> {
    const names = bodies.get(message.body) ?? assert.fail();
    const settlement = { message: settlementOf(ends, message, at) };
    const request = {
      lane,
      attempt,
      message: message.ref,
      reason: 'timeout' as const,
      detail: '',
      settlement,
      at,
    };
    const settled = await settle(db, { ...request, outcome: ends === 'delivered' ? 'delivered' : 'retry' });
    const book = bookOf(lane);
    if (ends === 'delivered' || ends === 'dead') {
      assert.equal(settled.events, names.length);
      for (const name of names) {
        assert.ok(book.waiting.delete(name), `${name} was not waiting in ${lane}`);
        if (ends === 'delivered') book.told.push(name);
        else book.dead.add(name);
      }
    }
  }

  return {
    async play(step: Step): Promise<void> {
      at += 1000;
      if (step.kind === 'arrive') await arrive(step.alerts, step.lanes);
      else if (step.kind === 'work') await work(LANES[step.lane] ?? 'ops', step.take, step.ends);
      else if (step.kind === 'restart') await registerLanes(db, lanes, at);
      else if (step.kind === 'clock') at += step.jumpMs;
      else while ((await prune(db, { settledBefore: at, deadBefore: at - 1e9, batch: 3 })) > 0);
    },
    /** The lane's counter, its rows and our own books say the same. */
    async checkBooks(): Promise<void> {
      for (const lane of LANES) {
        const { waiting, unsealed } = await view(db, { lane, at });
        assert.equal(waiting, bookOf(lane).waiting.size, `events waiting in ${lane}`);
        const runs = await db
          .selectFrom('run')
          .innerJoin('lane', 'lane.id', 'run.lane_id')
          .select((eb) =>
            eb.fn.coalesce(eb.fn.sum<number>(eb('last', '+', eb('first', '*', -1))), eb.lit(0)).as('between'),
          )
          .select((eb) => eb.fn.countAll<number>().as('rows'))
          .where('lane.name', '=', lane)
          .executeTakeFirstOrThrow();
        assert.equal(Number(runs.between) + Number(runs.rows), unsealed, `events in runs of ${lane}`);
      }
    },
    async drain(): Promise<void> {
      for (const lane of LANES) while (await work(lane, 8, 'delivered')) at += 1000;
    },
    checkEnd(): void {
      for (const lane of LANES) {
        const { waiting, told, dead } = bookOf(lane);
        assert.deepEqual([...waiting], [], `still waiting in ${lane}`);
        assert.equal(new Set(told).size, told.length, `told twice in ${lane}`);
        assert.deepEqual(
          told.filter((name) => dead.has(name)),
          [],
        );
        for (const alert of [0, 1, 2, 3, 4, 5]) {
          const states = told
            .filter((name) => name.startsWith(`${alert}/`))
            .map((name) => Number(name.split('/')[1]));
          assert.deepEqual(
            states,
            states.toSorted((a, b) => a - b),
            `order of alert ${alert} in ${lane}`,
          );
        }
      }
    },
    async close(): Promise<void> {
      await db.destroy();
    },
  };
}

function settlementOf(ends: Exclude<End, 'killed'>, { history }: OpenMessage, at: number): MessageSettlement {
  const failed = { channelFailures: 1, ownFailures: 1, ambiguous: true };
  switch (ends) {
    case 'delivered':
    case 'dead':
      return { kind: ends };
    case 'again':
      return { kind: 'again', at: at + 1000, setAside: false, history: failed };
    case 'aside':
      return { kind: 'again', at: at + 1000, setAside: true, history: failed };
    case 'fresh':
      return { kind: 'again', at: at + 1000, setAside: false, freshId: randomUUID(), history: failed };
    case 'recompose':
      return { kind: 'recompose', mends: ['shorter'], atMost: Math.max(1, Math.ceil(history.events / 2)) };
    default:
      return ends satisfies never;
  }
}

function namesOf({ events }: EventPage): string[] {
  return events.map(({ alerts, place }) => JSON.parse(alerts)[place.index].name);
}

function began(started: Started | 'stale'): Started {
  assert.notEqual(started, 'stale');
  return started as Started; // just asserted
}
