import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Appended, NewNotification } from '../contract.ts';
import { packAnswers, packAppends, unpackAnswers, unpackAppends } from './crossing.ts';

/** As JSON.parse() makes objects. */
const plain = { noNullPrototype: true } as const;

const text = fc.string({ unit: 'binary', maxLength: 40 });
const state = fc.record({ fingerprint: text, startsAt: text, firing: fc.boolean() }, plain);
const alertsText = fc.jsonValue().map((value) => JSON.stringify([value]));
const piece = fc.record(
  {
    rank: fc.nat(5),
    lanes: fc.array(text, { maxLength: 2 }),
    alerts: fc.oneof(
      alertsText,
      alertsText.map((json) => Buffer.from(json)),
    ),
    states: fc.array(state, { maxLength: 3 }),
  },
  plain,
);
const repeat = fc.record(
  {
    groupId: text,
    key: text,
    poster: text,
    windowMs: fc.nat(),
    reminder: fc.boolean(),
    truncated: fc.boolean(),
  },
  plain,
);
const notification: fc.Arbitrary<NewNotification> = fc.record(
  { id: fc.uuid(), receivedAt: fc.nat(), repeat, head: text, pieces: fc.array(piece, { maxLength: 3 }) },
  plain,
);

/** With its alerts as text. */
function readable(request: NewNotification) {
  const pieces = request.pieces.map((each) => ({ ...each, alerts: Buffer.from(each.alerts).toString() }));
  return { ...request, pieces };
}

test('notifications come over as they were, each piece with its own alerts', () => {
  fc.assert(
    fc.property(fc.array(notification, { maxLength: 4 }), (requests) => {
      const packed = packAppends(requests.map((request, id) => ({ id, request })));
      // As a thread receives it.
      const received = structuredClone(packed, { transfer: [packed.alerts.buffer] });
      const unpacked = unpackAppends(received);
      assert.deepEqual(
        unpacked.map(({ id, request }) => ({ id, request: readable(request) })),
        requests.map((request, id) => ({ id, request: readable(request) })),
      );
    }),
  );
});

test('the memory of what came over together is given back when all of it is done, and not before', () => {
  const requests = fc.sample(notification, { numRuns: 3, seed: 1 });
  const packed = packAppends(requests.map((request, id) => ({ id, request })));
  const { buffer } = packed.alerts;
  const [first, second, third] = unpackAppends(packed);
  first?.done();
  third?.done();
  assert.equal(buffer.detached, false);
  second?.done();
  assert.equal(buffer.detached, true);
});

test('answers come back as they were', () => {
  const values: readonly Appended[] = [
    { kind: 'duplicate', notificationId: 'n-1' },
    {
      kind: 'accepted',
      notificationId: 'n-2',
      relisted: 3,
      queued: new Map([
        ['ops', 5],
        ['"\u2028', 1],
        ['__proto__', 2],
      ]),
      mixed: 2,
    },
  ];
  const answers = values.map((value, id) => ({ id, value }));
  assert.deepEqual(unpackAnswers(packAnswers(answers)), answers);
});
