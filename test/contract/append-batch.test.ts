/** Notifications that are stored together: each is answered, and stored, as if it had come alone, after those before it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import type { Appended, NewNotification, NewPiece } from '../../src/core/outbox/contract.ts';
import { appendAll } from '../../src/core/outbox/operations/append.ts';
import { readLanes, registerLanes } from '../../src/core/outbox/operations/lanes.ts';
import { page } from '../../src/core/outbox/operations/page.ts';
import type { OutboxTables } from '../../src/core/outbox/schema.ts';
import { openMemoryDatabase } from './memory-database.ts';
import { T0 } from './outbox-endings.ts';
import { laneOf, namesOf } from './outbox-steps.ts';
import { readTables } from './outbox-tables.ts';

const LANES = ['ops', 'log'];
const WINDOW = 10;

describe('notifications that are stored together', () => {
  let db: Kysely<OutboxTables>;
  beforeEach(async () => {
    db = await openOutbox();
  });
  afterEach(async () => await db.destroy());

  const add = async (...given: readonly Partial<Given>[]): Promise<Appended[]> =>
    await appendAll(db, given.map(notification));
  const eventsOf = async (lane: string) =>
    (await page(db, { lane, maxEvents: 5000, maxBytes: 1 << 24 })).events;
  const waiting = async (lane: string): Promise<string[]> => namesOf(await eventsOf(lane));

  test('the second of two twins is a duplicate of the first', async () => {
    const [first, second] = await add({ alerts: ['a'] }, { alerts: ['a'], at: T0 + WINDOW - 1 });
    assert.deepEqual(first, {
      kind: 'accepted',
      notificationId: 'n0',
      relisted: 0,
      queued: new Map([['ops', 1]]),
      mixed: 0,
    });
    assert.deepEqual(second, { kind: 'duplicate', notificationId: 'n0' });
    assert.deepEqual(await waiting('ops'), ['a']);
  });

  test('twins of two groups are both news', async () => {
    const answers = await add({ alerts: ['a'] }, { alerts: ['a'], group: 'h' });
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['accepted', 'accepted'],
    );
    assert.deepEqual(await waiting('ops'), ['a', 'a']);
  });

  test('an alert that the one before has listed is listed again', async () => {
    const answers = await add(
      { alerts: ['a', 'b'] },
      { alerts: ['a', 'c', 'b'] },
      { alerts: ['b', 'c', 'a'], state: 'resolved' },
    );
    assert.deepEqual(
      answers.map((answer) => answer.kind === 'accepted' && [answer.relisted, answer.queued]),
      [
        [0, new Map([['ops', 2]])],
        [2, new Map([['ops', 1]])],
        [0, new Map([['ops', 3]])],
      ],
    );
    assert.deepEqual(await waiting('ops'), ['a', 'b', 'c', 'b', 'c', 'a']);
  });

  test('what one remembers of alerts that no route takes counts for the next', async () => {
    const [first, second] = await add({ alerts: ['a'], lanes: [] }, { alerts: ['a', 'b'] });
    assert.deepEqual(first, {
      kind: 'accepted',
      notificationId: 'n0',
      relisted: 0,
      queued: new Map(),
      mixed: 0,
    });
    assert.deepEqual(second, {
      kind: 'accepted',
      notificationId: 'n1',
      relisted: 1,
      queued: new Map([['ops', 1]]),
      mixed: 0,
    });
  });

  test('wait in each of their lanes in the order in which they came, the worse first', async () => {
    await add(
      { alerts: ['a', 'b'], lanes: ['ops', 'log'] },
      { alerts: ['c'], lanes: ['log'] },
      { alerts: ['worse'], lanes: ['log', 'ops'], rank: 0 },
      { alerts: ['d'], lanes: ['ops'] },
    );
    assert.deepEqual(await waiting('ops'), ['worse', 'a', 'b', 'd']);
    assert.deepEqual(await waiting('log'), ['worse', 'a', 'b', 'c']);
    assert.deepEqual(
      (await readLanes(db)).map((lane) => [lane.lane, lane.waitingEvents]),
      [
        ['log', 4],
        ['ops', 4],
      ],
    );
  });

  test('keep their order, and each its own head, however many statements it takes', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `a${index}`);
    await add(...names.map((name, index) => ({ alerts: [name], group: name, at: T0 + index })));
    const events = await eventsOf('ops');
    assert.deepEqual(namesOf(events), names);
    assert.deepEqual(
      events.map((event) => [event.piece.notificationId, event.piece.head, event.piece.receivedAt]),
      names.map((_, index) => [`n${index}`, `"head ${index}"`, T0 + index]),
    );
  });

  for (const size of [1, 10]) {
    test(`a page of pieces of ${size} holds the bytes that it may, and no more`, async () => {
      const names = Array.from({ length: 50 }, (_, index) => index.toString(16).padStart(16, '0'));
      await add({ alerts: names, pieces: 50 / size });
      const [first] = await eventsOf('ops');
      const bytesOfOne = (first?.piece.alerts.length ?? 0) / size;
      const { events } = await page(db, { lane: 'ops', maxEvents: 50, maxBytes: 10 * bytesOfOne + 1 });
      assert.equal(events.length, 10);
    });
  }

  test('a thousand alerts in one are numbered through, in pieces', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `a${index}`);
    const [, answer] = await add(
      { alerts: ['before'] },
      { alerts: names, pieces: 10 },
      { alerts: ['after'] },
    );
    assert.deepEqual(answer?.kind === 'accepted' && answer.queued, new Map([['ops', 1000]]));
    const events = await eventsOf('ops');
    assert.deepEqual(namesOf(events), ['before', ...names, 'after']);
    assert.deepEqual(
      events.slice(1, -1).map(({ number }) => number),
      names.map((_, index) => index),
    );
  });

  test('are all refused if one names a lane that nobody knows', async () => {
    await assert.rejects(add({ alerts: ['a'] }, { alerts: ['b'], lanes: ['nobody'] }), /nobody/);
  });
});

const given: fc.Arbitrary<Partial<Given>> = fc.record({
  alerts: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
  lanes: fc.subarray(LANES),
  group: fc.constantFrom('g', 'h'),
  state: fc.constantFrom('firing', 'resolved'),
  rank: fc.nat(1),
  pieces: fc.integer({ min: 1, max: 3 }),
  reminder: fc.boolean(),
  truncated: fc.boolean(),
  windowMs: fc.constantFrom(0, WINDOW, WINDOW),
  at: fc.integer({ min: T0, max: T0 + 3 * WINDOW }),
});

test('notifications stored together leave the outbox as those stored one by one do, and are answered alike', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(given, { maxLength: 8, size: 'max' }), { minLength: 1, maxLength: 4 }),
      async (batches) => {
        const [single, together] = [await openOutbox(), await openOutbox()];
        try {
          let count = 0;
          for (const batch of batches) {
            const notifications = batch.map((one) => notification(one, count++));
            const expected: Appended[] = [];
            for (const one of notifications) expected.push(...(await appendAll(single, [one])));
            assert.deepEqual(await appendAll(together, notifications), expected);
          }
          assert.deepEqual(await contentOf(together), await contentOf(single));
        } finally {
          await Promise.all([single.destroy(), together.destroy()]);
        }
      },
    ),
    { numRuns: 60 },
  );
});

async function openOutbox(): Promise<Kysely<OutboxTables>> {
  const db = await openMemoryDatabase();
  await registerLanes(
    db,
    LANES.map((lane) => laneOf(lane)),
  );
  return db;
}

/** What workers and metrics read, and the rows behind it. */
async function contentOf(db: Kysely<OutboxTables>): Promise<unknown> {
  const pages = [];
  for (const lane of LANES) pages.push(await page(db, { lane, maxEvents: 1000, maxBytes: 1 << 20 }));
  const { group_memory: _, ...tables } = await readTables(db);
  const memories = await db.selectFrom('group_memory').select(['id', 'memory']).orderBy('id').execute();
  return { pages, readings: await readLanes(db), tables, memories };
}

/** A notification, as far as a case cares. */
interface Given {
  readonly alerts: readonly string[];
  /** In so many pieces, as equal as can be. */
  readonly pieces: number;
  readonly lanes: readonly string[];
  readonly rank: number;
  readonly group: string;
  readonly state: string;
  readonly reminder: boolean;
  readonly truncated: boolean;
  readonly windowMs: number;
  readonly at: number;
}

function notification(one: Partial<Given>, index: number): NewNotification {
  const { alerts = [], pieces = 1, group = 'g', state = 'firing', at = T0 } = one;
  const { reminder = false, truncated = false, windowMs = WINDOW } = one;
  const key = `${group} ${state} ${alerts.join(' ')}`;
  const size = Math.ceil(alerts.length / pieces);
  const starts = Array.from({ length: Math.ceil(alerts.length / size) }, (_, piece) => piece * size);
  return {
    id: `n${index}`,
    receivedAt: at,
    repeat: { groupId: group, key, poster: '', windowMs, reminder, truncated },
    head: `"head ${index}"`,
    pieces: starts.map((from) => pieceOf(alerts.slice(from, from + size), one)),
  };
}

function pieceOf(
  alerts: readonly string[],
  { lanes = ['ops'], rank = 2, state = 'firing' }: Partial<Given>,
): NewPiece {
  return {
    rank,
    lanes,
    alerts: JSON.stringify(alerts.map((name) => ({ name }))),
    states: alerts.map((name) => ({
      fingerprint: name.padEnd(16, '-'),
      startsAt: 'T',
      firing: state === 'firing',
    })),
  };
}
