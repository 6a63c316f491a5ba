/** What is told of which webhook: the cases that people ask about, one by one. streams.test.ts has all the others. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openAcceptDriver, WINDOW_MS } from './streams/accept-driver.ts';
import type { Driver, Entry, Post, Stream, Told } from './streams/driver.ts';
import { REMINDER, TWIN_WITHIN_MS } from './streams/law.ts';
import { fromSource } from './streams/sources.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The first webhook comes then. */
const T0 = Date.parse('2026-11-22T10:00:00Z');
const [AM0, AM1] = ['http://am-0:9093', 'http://am-1:9093'];
/** Alerts that one stream remembers. */
const MOST_REMEMBERED = 20_000;

let driver: Driver;
let stream: Stream;
before(async () => {
  driver = await openAcceptDriver();
});
beforeEach(async () => {
  stream = await driver.stream();
});
after(async () => await driver.close());

const firing = (name: string, entry: Partial<Entry> = {}): Entry => ({
  name,
  status: 'firing',
  startsAt: T0,
  ...entry,
});
const resolved = (name: string, entry: Partial<Entry> = {}): Entry => ({
  name,
  status: 'resolved',
  startsAt: T0,
  endsAt: T0 + MINUTE,
  ...entry,
});
const postOf = (after: number, entries: readonly Entry[], post: Partial<Post> = {}): Post => ({
  at: T0 + after,
  externalURL: AM0,
  entries,
  ...post,
});
const wordsOf = (told: readonly Told[]) => told.map(({ name, status }) => `${name} ${status}`);
/** Posts so many milliseconds after T0; what is told of it. */
const tell = async (after: number, entries: readonly Entry[], post: Partial<Post> = {}) =>
  wordsOf((await stream.post(postOf(after, entries, post))).told);

describe('an alert that fires again from the same start', () => {
  test('is told', async () => {
    assert.deepEqual(await tell(0, [firing('a')]), ['a firing']);
    assert.deepEqual(await tell(18 * SECOND, [resolved('a')]), ['a resolved']);
    assert.deepEqual(await tell(28 * SECOND, [firing('a')]), ['a firing']);
    assert.deepEqual(await tell(48 * SECOND, [resolved('a', { endsAt: T0 + 40 * SECOND })]), ['a resolved']);
  });

  test('is told once, however often the webhook comes', async () => {
    await tell(0, [firing('a')]);
    await tell(18 * SECOND, [resolved('a')]);
    await tell(28 * SECOND, [firing('a')]);
    assert.deepEqual(await tell(29 * SECOND, [firing('a')]), []);
    assert.deepEqual(await tell(30 * SECOND, [firing('a')], { externalURL: AM1 }), []);
  });

  test('is told without those that fire on beside it', async () => {
    assert.deepEqual(await tell(0, [firing('a'), firing('b')]), ['a firing', 'b firing']);
    assert.deepEqual(await tell(18 * SECOND, [resolved('a'), firing('b')]), ['a resolved']);
    assert.deepEqual(await tell(28 * SECOND, [firing('a'), firing('b')]), ['a firing']);
  });

  test('is told by the twin that has told all before', async () => {
    await tell(0, [firing('a')]);
    await tell(SECOND, [firing('a')], { externalURL: AM1 });
    await tell(10 * SECOND, [resolved('a')]);
    await tell(11 * SECOND, [resolved('a')], { externalURL: AM1 });
    assert.deepEqual(await tell(20 * SECOND, [firing('a')], { externalURL: AM1 }), ['a firing']);
    assert.deepEqual(await tell(21 * SECOND, [firing('a')]), []);
  });
});

describe('the twin of a notification', () => {
  beforeEach(async () => {
    await tell(0, [firing('a')]);
    await tell(10 * SECOND, [resolved('a')]);
  });

  test('is a copy for 35 s, although a newer state came', async () => {
    assert.deepEqual(await tell(TWIN_WITHIN_MS, [firing('a')], { externalURL: AM1 }), []);
    assert.deepEqual(await tell(TWIN_WITHIN_MS + SECOND, [resolved('a')], { externalURL: AM1 }), []);
  });

  test('is told once more when it comes later, and the true state after it', async () => {
    assert.deepEqual(await tell(TWIN_WITHIN_MS + 1, [firing('a')], { externalURL: AM1 }), ['a firing']);
    assert.deepEqual(await tell(TWIN_WITHIN_MS + SECOND, [resolved('a')], { externalURL: AM1 }), [
      'a resolved',
    ]);
    assert.deepEqual(await tell(TWIN_WITHIN_MS + 2 * SECOND, [resolved('a')]), []);
  });

  test('is told if the clock was set back in between: it is not late, the state has come back', async () => {
    assert.deepEqual(await tell(12 * SECOND - HOUR, [firing('a')], { externalURL: AM1 }), ['a firing']);
  });

  for (const { name, urls } of [
    { name: 'one address', urls: [AM0, AM0] },
    { name: 'no address', urls: [undefined, undefined] },
    { name: 'no address but the other has one', urls: [AM0, undefined] },
    { name: 'an address but the other has none', urls: [undefined, AM1] },
  ] as const) {
    test(`is rather told twice if both have ${name}`, async () => {
      stream = await driver.stream();
      const [first, second] = urls.map((url) => ({ externalURL: url ?? '' }));
      await tell(0, [firing('a')], first);
      await tell(10 * SECOND, [resolved('a')], first);
      assert.deepEqual(await tell(12 * SECOND, [firing('a')], second), ['a firing']);
      assert.deepEqual(await tell(14 * SECOND, [resolved('a')], second), ['a resolved']);
    });
  }
});

describe('a resolve', () => {
  test('that differs in its end alone is not told', async () => {
    await tell(0, [firing('a')]);
    assert.deepEqual(await tell(MINUTE, [resolved('a')]), ['a resolved']);
    assert.deepEqual(await tell(2 * MINUTE, [resolved('a', { endsAt: T0 + 90 * SECOND })]), []);
    assert.deepEqual(await tell(8 * MINUTE, [resolved('a', { endsAt: T0 + 95 * SECOND })]), []);
  });

  test('from an earlier start is told, from an earlier one than the last it is not', async () => {
    await tell(0, [firing('a')]);
    assert.deepEqual(await tell(MINUTE, [resolved('a', { startsAt: T0 + SECOND })]), ['a resolved']);
    assert.deepEqual(await tell(2 * MINUTE, [resolved('a')]), []);
    assert.deepEqual(await tell(3 * MINUTE, [resolved('a', { startsAt: T0 + 2 * SECOND })]), ['a resolved']);
  });
});

describe('a webhook that nobody waits for', () => {
  for (const gaveUp of ['answered 503', 'hung up'] as const) {
    test(`(${gaveUp}) is not stored behind a newer state`, async () => {
      await tell(0, [firing('a')]);
      const held = await stream.hold(postOf(MINUTE, [resolved('a')]), gaveUp);
      assert.deepEqual(await tell(2 * MINUTE, [firing('a', { startsAt: T0 + 90 * SECOND })]), ['a firing']);
      assert.deepEqual(await held.release(), []);
      assert.deepEqual(await tell(3 * MINUTE, [resolved('a', { startsAt: T0 + 90 * SECOND })]), [
        'a resolved',
      ]);
    });

    test(`(${gaveUp}) is not stored behind one that came when the clock had been set back`, async () => {
      await tell(0, [firing('a')]);
      await tell(MINUTE, [resolved('a')]);
      const held = await stream.hold(postOf(2 * MINUTE, [firing('a')]), gaveUp);
      await tell(3 * MINUTE - HOUR, [firing('a')]);
      assert.deepEqual(await tell(4 * MINUTE - HOUR, [resolved('a', { endsAt: T0 + 3 * MINUTE })]), [
        'a resolved',
      ]);
      assert.deepEqual(await held.release(), []);
    });

    test(`(${gaveUp}) does not make its retry a copy of something that is not told`, async () => {
      const held = await stream.hold(postOf(0, [firing('a')]), gaveUp);
      const before = wordsOf(await held.release());
      assert.deepEqual([...before, ...(await tell(SECOND, [firing('a')]))], ['a firing']);
    });
  }
});

describe('a reminder', () => {
  test('is a list of known firing alerts, although the group has shrunk', async () => {
    await tell(0, [firing('a'), firing('b'), firing('c')]);
    assert.deepEqual(await tell(4 * HOUR, [firing('a'), firing('c')]), ['a firing', 'c firing']);
    assert.deepEqual(await tell(8 * HOUR, [firing('c')]), ['c firing']);
    assert.deepEqual(await tell(12 * HOUR, [firing('a'), firing('b')]), ['a firing', 'b firing']);
  });

  test('is none within the window since the last accepted notification', async () => {
    await tell(0, [firing('a'), firing('b')]);
    assert.deepEqual(await tell(WINDOW_MS - 1, [firing('a')]), []);
    assert.deepEqual(await tell(WINDOW_MS + MINUTE, [firing('b')]), [], 'the one before was accepted');
    assert.deepEqual(await tell(2 * WINDOW_MS + MINUTE + 1, [firing('b')]), ['b firing']);
  });

  test('is not put off by copies', async () => {
    await tell(0, [firing('a'), firing('b')]);
    await tell(WINDOW_MS - 1, [firing('a'), firing('b')]);
    assert.deepEqual(await tell(WINDOW_MS + 1, [firing('a')]), ['a firing']);
  });

  test('is none if something is new', async () => {
    await tell(0, [firing('a')]);
    assert.deepEqual(await tell(HOUR, [firing('a'), firing('b')]), ['b firing']);
    assert.deepEqual(await tell(2 * HOUR, [firing('a'), resolved('b')]), ['b resolved']);
  });

  test('is none if the list was cut', async () => {
    await tell(0, [firing('a'), firing('b')]);
    assert.deepEqual(await tell(HOUR, [firing('a')], { truncated: 1 }), []);
    assert.deepEqual(await tell(2 * HOUR, [firing('b')], { truncated: 1 }), []);
  });

  test('that says so is one at any time, and once for both Alertmanagers', async () => {
    await tell(0, [firing('a')]);
    const says = { reason: REMINDER };
    assert.deepEqual(await tell(MINUTE, [firing('a')], says), ['a firing']);
    assert.deepEqual(await tell(MINUTE + 2 * SECOND, [firing('a')], { ...says, externalURL: AM1 }), []);
    assert.deepEqual(await tell(8 * MINUTE, [firing('a')], says), ['a firing']);
  });
});

describe('what is remembered of alerts that are not listed', () => {
  /** Whether the alert is told when it is listed again after such a time; others of its group were listed in between. */
  const isTold = async (state: 'firing' | 'resolved', after: number): Promise<boolean> => {
    const entry = state === 'firing' ? firing('b') : resolved('b');
    await tell(0, [firing('a'), firing('b')]);
    await tell(MINUTE, [firing('a'), entry]);
    await tell(after, [firing('a')]);
    return (await tell(after + 2 * MINUTE, [firing('a'), entry])).includes(`b ${state}`);
  };

  test('a firing one is for 30 days', async () => {
    assert.equal(await isTold('firing', 29.9 * DAY), false);
    stream = await driver.stream();
    assert.equal(await isTold('firing', 30.1 * DAY), true);
  });

  test('a firing one is for 30 days since it was listed last, new or not', async () => {
    await tell(0, [firing('a'), firing('b')]);
    await tell(20 * DAY, [firing('a'), firing('b')]);
    await tell(40 * DAY, [firing('a')]);
    assert.deepEqual(await tell(40 * DAY + MINUTE, [firing('a'), firing('b')]), []);
  });

  test('a resolved one is for 24 hours', async () => {
    assert.equal(await isTold('resolved', 23.9 * HOUR), false);
    stream = await driver.stream();
    assert.equal(await isTold('resolved', 24.1 * HOUR), true);
  });

  test('at most 20,000 are, and those that were listed last', async () => {
    const half = (name: string) =>
      Array.from({ length: 0.75 * MOST_REMEMBERED }, (_, index) => firing(`${name}${index}`));
    const [first, second] = [half('a'), half('b')];
    await tell(0, first);
    await tell(SECOND, second);
    assert.deepEqual(await tell(2 * SECOND, second.toReversed().slice(1)), []);
    const again = await tell(3 * SECOND, first);
    assert.equal(again.length, 2 * 0.75 * MOST_REMEMBERED - MOST_REMEMBERED);
  });
});

describe('two entries of one alert in a list', () => {
  test('are a repetition if they say the same', async () => {
    assert.deepEqual(await tell(0, [firing('a'), firing('a')]), ['a firing']);
    assert.deepEqual(await tell(MINUTE, [resolved('a'), resolved('a')]), ['a resolved']);
  });

  const ended = resolved('a', { endsAt: T0 + SECOND });
  const later = firing('a', { startsAt: T0 + MINUTE });
  for (const { name, entries } of [
    { name: 'the ended one first', entries: [ended, later] },
    { name: 'the firing one first', entries: [later, ended] },
  ]) {
    test(`are both told in the order of their starts, ${name}`, async () => {
      assert.deepEqual(await tell(2 * MINUTE, entries), ['a resolved', 'a firing']);
      assert.deepEqual(await tell(3 * MINUTE, [resolved('a', { startsAt: T0 + MINUTE })]), ['a resolved']);
    });
  }

  test('are listed again together: they are not told with another alert that is new', async () => {
    await tell(2 * MINUTE, [ended, later]);
    assert.deepEqual(await tell(3 * MINUTE, [ended, later, firing('b')]), ['b firing']);
  });

  test('are told with the firing one last, whatever the starts', async () => {
    for (const startsAt of [T0, T0 - MINUTE]) {
      stream = await driver.stream();
      const told = await tell(0, [firing('a', { startsAt }), resolved('a'), firing('b')]);
      assert.deepEqual(
        told.filter((word) => word.startsWith('a')),
        ['a resolved', 'a firing'],
      );
    }
  });

  test('without labels are both told if their texts differ, and are listed again together', async () => {
    const bare = (name: string) => firing(name, { bare: true });
    assert.deepEqual(await tell(0, [bare('one'), bare('two')]), ['one firing', 'two firing']);
    assert.deepEqual(await tell(SECOND, [bare('one'), bare('two')]), []);
    assert.deepEqual(await tell(HOUR, [bare('one'), bare('two')]), ['one firing', 'two firing']);
  });

  test('with equal labels and other texts are both told', async () => {
    const told = await tell(0, [firing('a', { text: 'disk sda' }), firing('a', { text: 'disk sdb' })]);
    assert.deepEqual(told, ['a firing', 'a firing']);
  });
});

describe('two sources on one path', () => {
  test('are told each, whatever the other says of an alert with equal labels', async () => {
    const [eu, us] = [fromSource(stream, 'eu'), fromSource(stream, 'us')];
    const word = async (from: Stream, after: number, entry: Entry) =>
      wordsOf((await from.post(postOf(after, [entry]))).told);
    assert.deepEqual(await word(eu, 0, firing('a')), ['a firing']);
    assert.deepEqual(await word(us, SECOND, firing('a')), ['a firing']);
    assert.deepEqual(await word(stream, 2 * SECOND, firing('a')), ['a firing'], 'the path without a name');
    assert.deepEqual(await word(eu, 3 * SECOND, resolved('a')), ['a resolved']);
    assert.deepEqual(await word(us, 4 * SECOND, firing('a')), []);
    assert.deepEqual(await word(us, 5 * SECOND, resolved('a')), ['a resolved']);
  });
});
