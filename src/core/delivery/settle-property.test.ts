import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MessageHistory, Settlement } from '../outbox/contract.ts';
import { MENDS, type Outcome } from '../plugin/outcome.ts';
import { DEAD_AFTER, REFUSES_ALL_AFTER, SET_ASIDE_AFTER, settleOutcome } from './settle.ts';
import type { SettleContext } from './settle-context.ts';
import { AT, doubts, histories } from './testing/arbitrary.ts';
import { holdingOutcomes, outcomes, refusals, retries } from './testing/arbitrary-outcomes.ts';

const contexts: fc.Arbitrary<SettleContext> = fc.record({
  history: histories,
  doubts,
  channelFailures: fc.nat(50),
  blockedCount: fc.nat(20),
  hasOthers: fc.boolean(),
  now: fc.constant(AT),
  random: fc.double({ min: 0, max: 1, noNaN: true }),
  freshId: fc.uuid(),
});

/** Checks what follows from any outcome in any context. */
function always(check: (settlement: Settlement, outcome: Outcome, context: SettleContext) => void): void {
  fc.assert(
    fc.property(outcomes, contexts, (outcome, context) =>
      check(settleOutcome(outcome, context), outcome, context),
    ),
    { numRuns: 1_000 },
  );
}

test('a message counts as delivered when the channel has confirmed it, and never otherwise', () => {
  always(({ message }, outcome) => {
    assert.equal(message.kind === 'delivered', outcome.kind === 'delivered');
  });
});

test('a message is given up on only after its last own failure, or when alone and refused beyond mending', () => {
  always(({ message }, outcome, { history, doubts: before }) => {
    if (message.kind !== 'dead') return;
    if (outcome.kind === 'retry') {
      assert.ok(isOwnFailure(outcome) && history.ownFailures + 1 >= DEAD_AFTER);
      return assert.ok(history.othersPassed && before.failures === 0, 'others pass');
    }
    assert.equal(outcome.kind, 'refused');
    assert.equal(history.events, 1);
    assert.ok(before.refusals + 1 < REFUSES_ALL_AFTER);
    if (outcome.kind === 'refused' && outcome.mend !== undefined)
      assert.ok(history.mends.includes(outcome.mend));
  });
});

test('the channel’s own trouble, a limit and a setting never cost a message anything', () => {
  const channels = fc.oneof(
    retries.filter((outcome) => !isOwnFailure(outcome)),
    holdingOutcomes,
  );
  fc.assert(
    fc.property(channels, contexts, (outcome, context) => {
      const { message } = settleOutcome(outcome, context);
      assert.ok(message.kind === 'again');
      assert.equal(message.history.ownFailures, context.history.ownFailures);
    }),
  );
});

test('the id is fresh if and only if an answer has refused it and no attempt under it can have reached people', () => {
  always(({ message }, outcome, { history, freshId }) => {
    if (message.kind !== 'again') return;
    const ambiguous = history.ambiguous || (outcome.kind === 'retry' && outcome.ambiguous);
    assert.equal(message.freshId, !ambiguous && wasSent(outcome) ? freshId : undefined);
    assert.equal(message.history.ambiguous, ambiguous);
  });
});

test('no time lies in the past, and every hold and every trouble ends', () => {
  always(({ message, hold, trouble }) => {
    if (message.kind === 'again') assert.ok(message.at >= AT && Number.isFinite(message.at));
    if (hold !== undefined) assert.ok(hold.until >= AT && Number.isFinite(hold.until));
    if (trouble !== undefined) assert.ok(trouble.retryAt >= AT && Number.isFinite(trouble.retryAt));
  });
});

test('a message that was set aside for its own failures stays aside, and its failures are never forgotten', () => {
  always(({ message }, outcome, { history }) => {
    if (message.kind !== 'again') return;
    const counts = isOwnFailure(outcome) && (history.ownFailures === 0 || history.othersPassed);
    const own = history.ownFailures + (counts ? 1 : 0);
    assert.equal(message.history.ownFailures, own);
    if (own >= SET_ASIDE_AFTER) assert.equal(message.setAside, true);
  });
});

test('a limit or a setting holds the credential, nothing else does', () => {
  always(({ hold }, outcome) => {
    assert.equal(hold !== undefined, outcome.kind === 'throttled' || outcome.kind === 'blocked');
    if (outcome.kind === 'throttled' && hold !== undefined) assert.ok(hold.until >= AT + outcome.waitMs);
  });
});

test('the lane remembers what may be the channel’s fault, and is in trouble once that is more than one message’s', () => {
  always(({ message, trouble, doubt }, outcome, { doubts: before }) => {
    const isFailure = isOwnFailure(outcome);
    const isRefusal = outcome.kind === 'refused' && message.kind !== 'recompose';
    assert.equal(doubt, isFailure ? 'failures' : isRefusal ? 'refusals' : undefined);
    const isChannels = (isFailure && before.failures > 0) || (isRefusal && before.refusals >= 2);
    assert.equal(trouble?.toAll !== undefined, isChannels);
    if (!isChannels) return;
    assert.ok(message.kind === 'again' && message.setAside, 'another message is tried next');
    assert.equal(message.at, trouble?.retryAt);
  });
});

test('a try is at most 15 s away where nothing can have arrived, else a minute, unless the channel asks for more', () => {
  always(({ trouble }, outcome) => {
    if (trouble?.cause !== 'outage' || ('waitMs' in outcome && outcome.waitMs !== undefined)) return;
    const isUnsent = outcome.kind === 'retry' && outcome.reason === 'unreachable';
    assert.ok(trouble.retryAt - AT <= (isUnsent ? 15_000 : 60_000));
  });
});

test('refusing a message for ever ends: it is halved until an event stands alone, each mend has its turn', () => {
  // 500 events are halved nine times; then shorter three times, and each other way once.
  const mostRefusals = 9 + 3 + (MENDS.length - 1) + 1;
  fc.assert(
    fc.property(
      contexts,
      fc.array(refusals, { minLength: mostRefusals, maxLength: mostRefusals }),
      (context, list) => {
        let history: MessageHistory = { ...context.history, mends: [] };
        const before = { failures: context.doubts.failures, refusals: 0 };
        for (const outcome of list) {
          const { message } = settleOutcome(outcome, { ...context, history, doubts: before });
          if (message.kind === 'dead') return assert.equal(history.events, 1);
          assert.ok(message.kind === 'recompose');
          const isSmaller = message.atMost < history.events;
          assert.ok(message.atMost >= 1 && (isSmaller || message.mends.length > history.mends.length));
          history = { ...history, events: message.atMost, mends: message.mends };
        }
        assert.fail(`still composed anew after ${mostRefusals} refusals`);
      },
    ),
    { numRuns: 500 },
  );
});

test('a message that keeps failing by itself while others pass ends, whatever else happens in between', () => {
  const failures = fc.array(fc.oneof(retries, holdingOutcomes), { maxLength: 80, size: 'max' });
  fc.assert(
    fc.property(contexts, failures, (context, list) => {
      let history: MessageHistory = { ...context.history, events: 1, ownFailures: 0, othersPassed: true };
      const before = { failures: 0, refusals: 0 };
      let ownFailures = 0;
      for (const outcome of list) {
        const { message } = settleOutcome(outcome, { ...context, history, doubts: before });
        if (isOwnFailure(outcome)) ownFailures += 1;
        assert.equal(message.kind, ownFailures < DEAD_AFTER ? 'again' : 'dead');
        if (message.kind !== 'again') return;
        history = { ...history, ...message.history };
      }
    }),
  );
});

function wasSent(outcome: Outcome): boolean {
  return outcome.kind !== 'retry' || !['unreachable', 'aborted'].includes(outcome.reason);
}

function isOwnFailure(outcome: Outcome): boolean {
  return outcome.kind === 'retry' && ['unknown_code', 'internal'].includes(outcome.reason);
}
