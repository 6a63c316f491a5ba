/** Whole lanes under answers that say nothing of whose fault they are: an outage costs no alert, and no message costs the lane. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Outcome } from '../plugin/outcome.ts';
import { OTHERS_TRY_AFTER } from './channel-trouble.ts';
import { REFUSES_ALL_AFTER } from './settle.ts';
import { refusals, retries } from './testing/arbitrary-outcomes.ts';
import { type Answer, createLaneModel } from './testing/lane-model.ts';

const DELIVERED: Outcome = { kind: 'delivered' };
const unclear = fc.constantFrom<Outcome>(
  { kind: 'retry', reason: 'unknown_code', ambiguous: false, detail: '' },
  { kind: 'retry', reason: 'internal', ambiguous: true, detail: '' },
);
/** Any retry, but the channel asks for no wait of its own. */
const plainRetries = retries.filter((outcome) => !('waitMs' in outcome)).map((outcome): Outcome => outcome);
/** More than all mends of an event, and a try under each back-off. */
const SENDS_PER_EVENT = 12;

test('no outage makes dead letters of failures, whatever it answers; of refusals it makes two at most', () => {
  const answers = fc.array(fc.oneof(unclear, plainRetries, refusals), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), answers, (events, list) => {
      let isOver = false;
      const lane = createLaneModel(events, (_, send) =>
        isOver ? DELIVERED : (list[(send - 1) % list.length] ?? DELIVERED),
      );
      for (let sends = 0; sends < 2 * list.length; sends++) lane.work();
      assert.deepEqual([lane.with('failed'), lane.with('delivered')], [[], []]);
      assert.ok(lane.with('refused').length < REFUSES_ALL_AFTER);
      const waiting = lane.with('waiting');
      isOver = true;
      while (lane.work() !== undefined);
      assert.deepEqual(
        lane.with('delivered'),
        waiting,
        'all that waited is delivered, once the channel is back',
      );
    }),
    { numRuns: 300 },
  );
});

test('while every answer is the same unknown one, the lane says so from the second on, and is tried at least each minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), unclear, (events, outcome) => {
      const lane = createLaneModel(events, () => outcome);
      for (let sends = 1; sends < 40; sends++) {
        const waited = lane.work() ?? assert.fail('nothing is tried any more');
        assert.ok(waited <= 60_000, `${waited} ms`);
        assert.equal(lane.failsAll(), sends >= 2);
      }
    }),
  );
});

test('messages that always meet an answer that is not the channel’s own let others pass, and are never given up on', () => {
  const foreign = plainRetries.filter(
    (outcome) =>
      outcome.kind === 'retry' &&
      outcome.ambiguous &&
      !['unreachable', 'aborted', 'unknown_code', 'internal'].includes(outcome.reason),
  );
  fc.assert(
    fc.property(
      fc.array(foreign, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 10 }),
      (poisons, others) => {
        const bad = poisons.length;
        const lane = createLaneModel(bad + others, (event) => poisons[event] ?? DELIVERED);
        // The first lets others try after three failures in a row, the second after twelve, the third after forty-eight.
        for (let sends = 0; sends < OTHERS_TRY_AFTER * 4 ** (bad - 1) + 4 * others; sends++) lane.work();
        assert.deepEqual(
          lane.with('delivered'),
          Array.from({ length: others }, (_, index) => bad + index),
        );
        assert.equal(lane.with('waiting').length, bad);
      },
    ),
  );
});

test('messages that are never taken do not stop the others, and become dead letters once enough have passed', () => {
  const poison = fc.array(
    fc.oneof(
      unclear,
      refusals.map((outcome): Outcome => outcome),
    ),
    {
      minLength: 1,
      maxLength: 10,
    },
  );
  fc.assert(
    fc.property(poison, fc.integer({ min: 1, max: 10 }), (poisons, others) => {
      const bad = poisons.length;
      const answer: Answer = (event) => poisons[event] ?? DELIVERED;
      const lane = createLaneModel(bad + others, answer);
      const good = Array.from({ length: others }, (_, index) => bad + index);
      for (let sends = 0; sends < SENDS_PER_EVENT * (bad + others); sends++) lane.work();
      assert.deepEqual(lane.with('delivered'), good);
      // While others keep coming, each of them has its five chances.
      let next = bad + others;
      for (let rounds = 0; rounds < SENDS_PER_EVENT * bad && lane.with('waiting').length > 0; rounds++) {
        lane.arrive(next);
        for (let sends = 0; sends < SENDS_PER_EVENT && lane.fates.get(next) === 'waiting'; sends++)
          lane.work();
        assert.equal(lane.fates.get(next), 'delivered', `of ${bad} poisoned, after ${rounds} others`);
        next += 1;
      }
      assert.deepEqual(lane.with('waiting'), []);
    }),
    { numRuns: 300 },
  );
});
