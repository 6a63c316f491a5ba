import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  decodeMemory,
  EMPTY_MEMORY,
  encodeMemory,
  type GroupMemory,
  judge,
  type ListedAlert,
} from './repeats.ts';

const MINUTE = 60_000;
const WINDOW = 6 * MINUTE;
const T0 = 1_000_000_000;

const firing = (name: string, start = 1): ListedAlert => ({
  fingerprint: name.padEnd(16, '-'),
  state: `firing ${start}`,
  firing: true,
});
const resolved = (name: string, start = 1, end = 2): ListedAlert => ({
  fingerprint: name.padEnd(16, '-'),
  state: `resolved ${start} ${end}`,
  firing: false,
});

const nameOf = ({ fingerprint }: ListedAlert): string => fingerprint.replaceAll('-', '');

interface Post {
  readonly at: number;
  readonly alerts: readonly ListedAlert[];
  readonly windowMs?: number;
  readonly reminder?: boolean;
  readonly truncated?: boolean;
}

/** Posts one after the other; answers per post the alerts that are news, or `copy`. */
function play(posts: readonly Post[]): (string | string[])[] {
  let memory: GroupMemory = EMPTY_MEMORY;
  return posts.map(({ at, alerts, windowMs = WINDOW, reminder = false, truncated = false }, index) => {
    const key = JSON.stringify([
      alerts.map((alert) => [alert.fingerprint, alert.state]).sort(),
      reminder,
      truncated,
    ]);
    const arrival = { groupId: 'g', key, windowMs, reminder, truncated, at: T0 + at, id: `n${index}` };
    const judgement = judge(memory, alerts, arrival);
    if (judgement.kind === 'duplicate') return `copy of ${judgement.notificationId}`;
    // Through the stored form, as between two notifications.
    memory = decodeMemory(encodeMemory(judgement.memory));
    return alerts
      .filter((_, position) => judgement.fresh[position])
      .map((alert) => alert.state.split(' ')[0] + nameOf(alert));
  });
}

describe('repeats', () => {
  const table: { name: string; posts: Post[]; news: (string | string[])[] }[] = [
    {
      name: 'a retry, or the twin of a second Alertmanager, is a copy within the window',
      posts: [
        { at: 0, alerts: [firing('a')] },
        { at: WINDOW - 1, alerts: [firing('a')] },
      ],
      news: [['firinga'], 'copy of n0'],
    },
    {
      name: 'the window does not slide: the same set after it is a reminder and queues what fires',
      posts: [
        { at: 0, alerts: [firing('a')] },
        { at: 5 * MINUTE, alerts: [firing('a')] },
        { at: WINDOW, alerts: [firing('a')] },
      ],
      news: [['firinga'], 'copy of n0', ['firinga']],
    },
    {
      name: 'a reminder by its reason queues what fires, also within the window, once',
      posts: [
        { at: 0, alerts: [firing('a')] },
        { at: MINUTE, alerts: [firing('a')], reminder: true },
        { at: 2 * MINUTE, alerts: [firing('a')], reminder: true },
      ],
      news: [['firinga'], ['firinga'], 'copy of n1'],
    },
    {
      name: 'an alert that joins a group is news, those listed with it are not',
      posts: [
        { at: 0, alerts: [firing('a')] },
        { at: MINUTE, alerts: [firing('a'), firing('b')] },
      ],
      news: [['firinga'], ['firingb']],
    },
    {
      name: 'a resolution is news once, however often Prometheus sends it',
      posts: [
        { at: 0, alerts: [firing('a'), firing('b')] },
        { at: MINUTE, alerts: [resolved('a'), firing('b')] },
        { at: 8 * MINUTE, alerts: [resolved('a'), firing('b'), firing('c')] },
      ],
      news: [['firinga', 'firingb'], ['resolveda'], ['firingc']],
    },
    {
      name: 'an alert that fires again has a new start and is news',
      posts: [
        { at: 0, alerts: [firing('a')] },
        { at: MINUTE, alerts: [resolved('a')] },
        { at: 2 * MINUTE, alerts: [firing('a', 3)] },
      ],
      news: [['firinga'], ['resolveda'], ['firinga']],
    },
    {
      name: 'the echo of resolved alerts beside one that fires still is no reminder',
      posts: [
        { at: 0, alerts: [resolved('a'), resolved('b')] },
        { at: 10 * MINUTE, alerts: [firing('c')] },
        { at: 20 * MINUTE, alerts: [resolved('a'), resolved('b'), firing('c')] },
      ],
      news: [['resolveda', 'resolvedb'], ['firingc'], []],
    },
    {
      name: 'what is left firing comes as a reminder though a resolved alert is no longer listed',
      posts: [
        { at: 0, alerts: [firing('a'), firing('b')] },
        { at: MINUTE, alerts: [firing('a'), resolved('b')] },
        { at: 240 * MINUTE, alerts: [firing('a')] },
      ],
      news: [['firinga', 'firingb'], ['resolvedb'], ['firinga']],
    },
    {
      name: 'a truncated list of known alerts is a reminder only if it is the last one again',
      posts: [
        { at: 0, alerts: [firing('a'), firing('b')], truncated: true },
        { at: 10 * MINUTE, alerts: [firing('b')], truncated: true },
        { at: 20 * MINUTE, alerts: [firing('b')], truncated: true },
      ],
      news: [['firinga', 'firingb'], [], ['firingb']],
    },
    {
      name: 'window 0 takes everything that is posted',
      posts: [
        { at: 0, alerts: [firing('a')], windowMs: 0 },
        { at: 0, alerts: [firing('a')], windowMs: 0 },
      ],
      news: [['firinga'], ['firinga']],
    },
    {
      name: 'an alert listed twice in one notification is news once',
      posts: [{ at: 0, alerts: [firing('a'), firing('a')] }],
      news: [['firinga']],
    },
    {
      name: 'a copy that was received before, by another replica, and is stored after is a copy, of a reminder too',
      posts: [
        { at: 0, alerts: [firing('a')] },
        { at: 60 * MINUTE, alerts: [firing('a')], reminder: true },
        { at: 60 * MINUTE - 5, alerts: [firing('a')], reminder: true },
        { at: 60 * MINUTE - 8_000, alerts: [firing('a')], reminder: true },
      ],
      news: [['firinga'], ['firinga'], 'copy of n1', 'copy of n1'],
    },
    {
      name: 'after the clock was set back, nothing known is told again and reminders come when they are due',
      posts: [
        { at: 60 * MINUTE, alerts: [firing('a')] },
        { at: 0, alerts: [firing('a')] },
        { at: WINDOW, alerts: [firing('a')] },
      ],
      news: [['firinga'], [], ['firinga']],
    },
    {
      name: 'an alert not listed for a day is forgotten',
      posts: [
        { at: 0, alerts: [firing('a')] },
        { at: 60 * MINUTE, alerts: [firing('b')] },
        { at: 25 * 60 * MINUTE, alerts: [firing('c')] },
        { at: 26 * 60 * MINUTE, alerts: [firing('a'), firing('c')] },
      ],
      news: [['firinga'], ['firingb'], ['firingc'], ['firinga']],
    },
  ];
  for (const { name, posts, news } of table) {
    test(name, () => assert.deepEqual(play(posts), news));
  }

  test('no change of state is ever lost, whatever the order of lists', () => {
    const alert = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      start: fc.integer({ min: 1, max: 3 }),
      ends: fc.boolean(),
    });
    const post = fc.record({
      at: fc.integer({ min: 0, max: 30 * MINUTE }),
      alerts: fc.uniqueArray(alert, { selector: (each) => each.name, minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(post, { maxLength: 12 }), (drawn) => {
        const posts = drawn
          .map(({ at, alerts }) => ({
            at,
            alerts: alerts.map(({ name, start, ends }) =>
              ends ? resolved(name, start) : firing(name, start),
            ),
          }))
          .sort((a, b) => a.at - b.at);
        const last = new Map<string, string>();
        const news = play(posts);
        return posts.every(({ alerts }, index) => {
          const told = news[index];
          if (typeof told === 'string') return true; // a copy: its states were news before, or known
          return alerts.every((alert) => {
            const { fingerprint, state } = alert;
            const changed = last.get(fingerprint) !== state;
            last.set(fingerprint, state);
            return !changed || told?.includes(`${state.split(' ')[0]}${nameOf(alert)}`) === true;
          });
        });
      }),
    );
  });
});

test('what is remembered of a group comes back as it was, in few bytes when many alerts are in one state', () => {
  const fingerprint = fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map((n) => n.toString(16).padStart(16, '0'));
  const alert = fc.record(
    {
      state: fc.constantFrom('firing 1', 'resolved 1 2'),
      firing: fc.boolean(),
      listedAt: fc.constantFrom(1, 2),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fingerprint, alert)), (entries) => {
      const memory: GroupMemory = { accepted: [], alerts: new Map(entries) };
      assert.deepEqual(decodeMemory(encodeMemory(memory)), memory);
      // The order too.
      assert.deepEqual([...decodeMemory(encodeMemory(memory)).alerts], [...memory.alerts]);
    }),
  );
  const same = { state: `firing ${'0'.repeat(30)}`, firing: true, listedAt: 1 };
  const many = Array.from({ length: 100 }, (_, index) => [String(index).padStart(16, '0'), same] as const);
  assert.ok(encodeMemory({ accepted: [], alerts: new Map(many) }).length < 1_700);
});
