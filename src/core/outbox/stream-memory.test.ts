import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeMemory,
  EMPTY_MEMORY,
  encodeMemory,
  forget,
  type RememberedAlert,
  type StreamMemory,
} from './stream-memory.ts';

const plain = { noNullPrototype: true };
const fingerprint = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((number) => number.toString(16).padStart(16, '0'));
const alert = fc.record(
  {
    firing: fc.boolean(),
    startsAt: fc.constantFrom('1', '2'),
    listedAt: fc.constantFrom(1, 2),
    poster: fc.constantFrom('', 'am0'),
  },
  plain,
);
const accepted = fc.record(
  { key: fc.string(), at: fc.nat(), id: fc.uuid(), posters: fc.array(fc.string(), { minLength: 1 }) },
  plain,
);

test('what is remembered of a stream comes back as it was, in its order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fingerprint, alert)),
      fc.array(accepted),
      fc.nat(),
      (alerts, notifications, mixed) => {
        const memory: StreamMemory = { accepted: notifications, alerts: new Map(alerts), mixed };
        assert.deepEqual(decodeMemory(encodeMemory(memory)), memory);
        assert.deepEqual([...decodeMemory(encodeMemory(memory)).alerts], [...memory.alerts]);
      },
    ),
  );
});

test('many alerts in one state take few bytes', () => {
  const same = { firing: true, startsAt: '0'.repeat(30), listedAt: 1, poster: 'am0' };
  const many = Array.from({ length: 100 }, (_, index) => [String(index).padStart(16, '0'), same] as const);
  assert.ok(encodeMemory({ ...EMPTY_MEMORY, alerts: new Map(many) }).length < 1_700);
});

test('of more than 20,000 alerts those stay that matter most: firing ones, and those listed last', () => {
  const alerts = new Map<string, RememberedAlert>();
  const put = (firing: boolean, listedAt: number, count: number): void => {
    for (let index = 0; index < count; index++)
      alerts.set(`${firing} ${listedAt} ${index}`, { firing, startsAt: '1', listedAt, poster: '' });
  };
  put(false, 3, 6_000);
  put(true, 1, 10_000);
  put(true, 2, 9_000);
  put(false, 2, 5_000);
  const kept = [...forget(alerts, 3).values()];
  const count = (firing: boolean, listedAt: number): number =>
    kept.filter((one) => one.firing === firing && one.listedAt === listedAt).length;
  assert.deepEqual(
    [count(true, 1), count(true, 2), count(false, 3), count(false, 2)],
    [10_000, 9_000, 1_000, 0],
  );
});
