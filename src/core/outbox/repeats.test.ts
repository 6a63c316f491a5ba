import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AlertState } from './contract.ts';
import { judge } from './repeats.ts';
import { decodeMemory, EMPTY_MEMORY, encodeMemory, type StreamMemory } from './stream-memory.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WINDOW = 6 * MINUTE;
const T0 = 1_000_000_000;

const firing = (name: string, start = 1): AlertState => stateOf(name, start, true);
const resolved = (name: string, start = 1): AlertState => stateOf(name, start, false);

function stateOf(name: string, start: number, isFiring: boolean): AlertState {
  return { fingerprint: name.padEnd(16, '-'), firing: isFiring, startsAt: String(start).padStart(9, '0') };
}

interface Post {
  readonly at: number;
  readonly alerts: readonly AlertState[];
  /** Who posts it; am0 unless told. */
  readonly by?: string;
  readonly windowMs?: number;
  readonly reminder?: boolean;
  readonly truncated?: boolean;
}

/** Posts one after the other; answers per post the alerts that are news, or whose copy it is. */
function play(posts: readonly Post[]): (string | string[])[] {
  let memory: StreamMemory = EMPTY_MEMORY;
  return posts.map((post, index) => {
    const { at, alerts, by = 'am0', windowMs = WINDOW, reminder = false, truncated = false } = post;
    const key = JSON.stringify([alerts.map((alert) => JSON.stringify(alert)).sort(), reminder, truncated]);
    const keys = { groupId: 'g', key, poster: by, windowMs, reminder, truncated };
    const judgement = judge(memory, alerts, { ...keys, at: T0 + at, id: `n${index}` });
    // Through the stored form, as between two notifications.
    if (judgement.memory !== undefined) memory = decodeMemory(encodeMemory(judgement.memory));
    if (judgement.kind === 'duplicate') return `copy of ${judgement.notificationId}`;
    return alerts.filter((_, position) => judgement.fresh[position]).map(wordOf);
  });
}

function wordOf({ firing: isFiring, fingerprint }: AlertState): string {
  return `${isFiring ? 'firing' : 'resolved'} ${fingerprint.replaceAll('-', '')}`;
}

interface Case {
  readonly name: string;
  readonly posts: readonly Post[];
  readonly news: readonly (string | string[])[];
}

const COPIES: readonly Case[] = [
  {
    name: 'the last notification again is a copy within the window, whoever posts it',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: MINUTE, alerts: [firing('a')], by: 'am1' },
      { at: WINDOW - 1, alerts: [firing('a')], by: '' },
    ],
    news: [['firing a'], 'copy of n0', 'copy of n0'],
  },
  {
    name: 'the window does not slide: the same again after it is a reminder',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: 5 * MINUTE, alerts: [firing('a')] },
      { at: WINDOW, alerts: [firing('a')] },
    ],
    news: [['firing a'], 'copy of n0', ['firing a']],
  },
  {
    name: 'an alert that fires again with the same start is news, though the notification is one of before',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: 10 * SECOND, alerts: [resolved('a')] },
      { at: 20 * SECOND, alerts: [firing('a')] },
    ],
    news: [['firing a'], ['resolved a'], ['firing a']],
  },
  {
    name: 'a late twin of an earlier notification is a copy, and so are the twins of what came after',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: 5 * SECOND, alerts: [resolved('a')] },
      { at: 15 * SECOND, alerts: [firing('a')], by: 'am1' },
      { at: 20 * SECOND, alerts: [resolved('a')], by: 'am1' },
    ],
    news: [['firing a'], ['resolved a'], 'copy of n0', 'copy of n1'],
  },
  {
    name: 'a twin that has posted the notification before is not late: the alert fires again',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: SECOND, alerts: [firing('a')], by: 'am1' },
      { at: 10 * SECOND, alerts: [resolved('a')] },
      { at: 20 * SECOND, alerts: [firing('a')], by: 'am1' },
      { at: 21 * SECOND, alerts: [firing('a')] },
    ],
    news: [['firing a'], 'copy of n0', ['resolved a'], ['firing a'], 'copy of n3'],
  },
  {
    name: 'a twin that has posted something since is not late',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: 10 * SECOND, alerts: [resolved('a')] },
      { at: 11 * SECOND, alerts: [resolved('a')], by: 'am1' },
      { at: 20 * SECOND, alerts: [firing('a')], by: 'am1' },
    ],
    news: [['firing a'], ['resolved a'], 'copy of n1', ['firing a']],
  },
  {
    name: 'a twin is late for 35 s at most: then its old word is told once more, with the true one after it',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: 5 * SECOND, alerts: [resolved('a')] },
      { at: 35 * SECOND + 1, alerts: [firing('a')], by: 'am1' },
      { at: 36 * SECOND, alerts: [resolved('a')], by: 'am1' },
    ],
    news: [['firing a'], ['resolved a'], ['firing a'], ['resolved a']],
  },
  {
    name: 'without an address, of either, nobody is known to be late',
    posts: [
      { at: 0, alerts: [firing('a')], by: '' },
      { at: 5 * SECOND, alerts: [resolved('a')], by: '' },
      { at: 6 * SECOND, alerts: [firing('a')], by: 'am1' },
      { at: 7 * SECOND, alerts: [resolved('a')] },
      { at: 8 * SECOND, alerts: [firing('a')], by: '' },
    ],
    news: [['firing a'], ['resolved a'], ['firing a'], ['resolved a'], ['firing a']],
  },
  {
    name: 'of copies that replicas store in another order than they came, all are copies',
    posts: [
      { at: 60 * MINUTE, alerts: [firing('a')], reminder: true },
      { at: 60 * MINUTE - 5, alerts: [firing('a')], reminder: true },
      { at: 60 * MINUTE - 8 * SECOND, alerts: [firing('a')], reminder: true },
    ],
    news: [['firing a'], 'copy of n0', 'copy of n0'],
  },
  {
    name: 'window 0 takes everything that is posted',
    posts: [
      { at: 0, alerts: [firing('a')], windowMs: 0 },
      { at: 0, alerts: [firing('a')], windowMs: 0, by: 'am1' },
    ],
    news: [['firing a'], ['firing a']],
  },
];

const STATES: readonly Case[] = [
  {
    name: 'an alert that joins a group is news, those listed with it are not',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: MINUTE, alerts: [firing('a'), firing('b')] },
    ],
    news: [['firing a'], ['firing b']],
  },
  {
    name: 'a resolution is news once, however often Prometheus sends it',
    posts: [
      { at: 0, alerts: [firing('a'), firing('b')] },
      { at: MINUTE, alerts: [resolved('a'), firing('b')] },
      { at: 8 * MINUTE, alerts: [resolved('a'), firing('b'), firing('c')] },
    ],
    news: [['firing a', 'firing b'], ['resolved a'], ['firing c']],
  },
  {
    name: 'a later start is news, in either state',
    posts: [
      { at: 0, alerts: [firing('a', 1)] },
      { at: MINUTE, alerts: [firing('a', 2)] },
      { at: 2 * MINUTE, alerts: [resolved('a', 2)] },
      { at: 3 * MINUTE, alerts: [resolved('a', 3)] },
    ],
    news: [['firing a'], ['firing a'], ['resolved a'], ['resolved a']],
  },
  {
    name: 'an earlier start is news only in the other state',
    posts: [
      { at: 0, alerts: [firing('a', 5)] },
      { at: MINUTE, alerts: [firing('a', 4)] },
      { at: 2 * MINUTE, alerts: [resolved('a', 3)] },
      { at: 3 * MINUTE, alerts: [resolved('a', 2)] },
      { at: 4 * MINUTE, alerts: [firing('a', 1)] },
    ],
    news: [['firing a'], [], ['resolved a'], [], ['firing a']],
  },
  {
    name: 'what is listed from an earlier start leaves the later one remembered',
    posts: [
      { at: 0, alerts: [firing('a', 5)] },
      { at: MINUTE, alerts: [firing('a', 4)] },
      { at: 2 * MINUTE, alerts: [firing('a', 5)] },
    ],
    news: [['firing a'], [], []],
  },
  {
    name: 'entries of one alert are news one after the other, if the last of them is news',
    posts: [
      { at: 0, alerts: [resolved('a', 1), firing('a', 2)] },
      { at: MINUTE, alerts: [resolved('a', 1), firing('a', 2), firing('b')] },
      { at: 2 * MINUTE, alerts: [resolved('a', 2), firing('a', 3)] },
    ],
    news: [['resolved a', 'firing a'], ['firing b'], ['resolved a', 'firing a']],
  },
  {
    name: 'entries in one state (their texts differ) are news together',
    posts: [
      { at: 0, alerts: [firing('a'), firing('a')] },
      { at: MINUTE, alerts: [firing('a'), firing('a'), firing('b')] },
    ],
    news: [['firing a', 'firing a'], ['firing b']],
  },
];

const REMINDERS: readonly Case[] = [
  {
    name: 'a reminder by its reason queues what fires, also within the window, once',
    posts: [
      { at: 0, alerts: [firing('a'), resolved('b')] },
      { at: MINUTE, alerts: [firing('a'), resolved('b')], reminder: true },
      { at: 2 * MINUTE, alerts: [firing('a'), resolved('b')], reminder: true },
    ],
    news: [['firing a', 'resolved b'], ['firing a'], 'copy of n1'],
  },
  {
    name: 'after the window, known alerts that all fire are a reminder',
    posts: [
      { at: 0, alerts: [firing('a'), firing('b')] },
      { at: MINUTE, alerts: [firing('a'), resolved('b')] },
      { at: 4 * HOUR, alerts: [firing('a')] },
    ],
    news: [['firing a', 'firing b'], ['resolved b'], ['firing a']],
  },
  {
    name: 'so they are when the group has shrunk without a word, at the first time too',
    posts: [
      { at: 0, alerts: [firing('a'), firing('b'), firing('c')] },
      { at: 4 * HOUR, alerts: [firing('a'), firing('c')] },
      { at: 8 * HOUR, alerts: [firing('c')] },
    ],
    news: [['firing a', 'firing b', 'firing c'], ['firing a', 'firing c'], ['firing c']],
  },
  {
    name: 'with something new in the list only that is told',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: 4 * HOUR, alerts: [firing('a'), firing('b')] },
    ],
    news: [['firing a'], ['firing b']],
  },
  {
    name: 'the echo of resolved alerts beside one that fires still is no reminder',
    posts: [
      { at: 0, alerts: [resolved('a'), resolved('b')] },
      { at: 10 * MINUTE, alerts: [firing('c')] },
      { at: 20 * MINUTE, alerts: [resolved('a'), resolved('b'), firing('c')] },
    ],
    news: [['resolved a', 'resolved b'], ['firing c'], []],
  },
  {
    name: 'a list that was cut is a reminder only if it is the last one again',
    posts: [
      { at: 0, alerts: [firing('a'), firing('b')], truncated: true },
      { at: 10 * MINUTE, alerts: [firing('b')], truncated: true },
      { at: 20 * MINUTE, alerts: [firing('b')], truncated: true },
    ],
    news: [['firing a', 'firing b'], [], ['firing b']],
  },
  {
    name: 'after the clock was set back, nothing known is told again and reminders come when they are due',
    posts: [
      { at: HOUR, alerts: [firing('a')] },
      { at: 0, alerts: [firing('a')] },
      { at: WINDOW, alerts: [firing('a')] },
    ],
    news: [['firing a'], [], ['firing a']],
  },
];

const MEMORY: readonly Case[] = [
  {
    name: 'a firing alert that is silenced for weeks is known when it is listed again',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: 29 * DAY, alerts: [firing('b')] },
      { at: 30 * DAY - 1, alerts: [firing('a'), firing('b'), firing('c')] },
    ],
    news: [['firing a'], ['firing b'], ['firing c']],
  },
  {
    name: 'after 30 days it is forgotten',
    posts: [
      { at: 0, alerts: [firing('a')] },
      { at: 30 * DAY, alerts: [firing('b')] },
      { at: 30 * DAY + MINUTE, alerts: [firing('a'), firing('b')] },
    ],
    news: [['firing a'], ['firing b'], ['firing a']],
  },
  {
    name: 'a resolved alert is forgotten after a day',
    posts: [
      { at: 0, alerts: [resolved('a'), resolved('b')] },
      { at: 23 * HOUR, alerts: [resolved('a'), firing('c')] },
      { at: DAY, alerts: [firing('d')] },
      { at: DAY + MINUTE, alerts: [resolved('a'), resolved('b'), firing('e')] },
    ],
    news: [['resolved a', 'resolved b'], ['firing c'], ['firing d'], ['resolved b', 'firing e']],
  },
];

for (const [about, cases] of Object.entries({ COPIES, STATES, REMINDERS, MEMORY })) {
  describe(`repeats: ${about.toLowerCase()}`, () => {
    for (const { name, posts, news } of cases) test(name, () => assert.deepEqual(play(posts), news));
  });
}

test('alerts that alternate between two starts and two posters are counted; twins and late ones are not', () => {
  const mixedOf = (posts: readonly Pick<Post, 'alerts' | 'by'>[]): number[] => {
    let memory: StreamMemory = EMPTY_MEMORY;
    return posts.map(({ alerts, by = '' }, index) => {
      const keys = { groupId: 'g', key: String(index), poster: by, windowMs: WINDOW };
      const judgement = judge(memory, alerts, {
        ...keys,
        reminder: false,
        truncated: false,
        at: T0 + index * MINUTE,
        id: `n${index}`,
      });
      assert.ok(judgement.kind === 'accepted');
      memory = decodeMemory(encodeMemory(judgement.memory));
      return judgement.mixed;
    });
  };
  const [east, west] = [
    { by: 'east', alerts: [firing('a', 1)] },
    { by: 'west', alerts: [firing('a', 5)] },
  ];
  assert.deepEqual(mixedOf([east, west, east, west, east]), [0, 0, 1, 0, 2]);
  assert.deepEqual(mixedOf([east, { ...west, alerts: east.alerts }, east]), [0, 0, 0]);
  assert.deepEqual(mixedOf([{ ...east, by: '' }, west, { ...east, by: '' }]), [0, 0, 0]);
  assert.deepEqual(mixedOf([east, { ...west, alerts: [resolved('a', 1)] }, east]), [0, 0, 0]);
});
