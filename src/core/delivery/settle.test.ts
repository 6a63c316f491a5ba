import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { MessageHistory, Settlement } from '../outbox/contract.ts';
import { MENDS, type Outcome, REASONS } from '../plugin/outcome.ts';
import { DEAD_AFTER, type SettleContext, settleOutcome } from './settle.ts';

const NOW = 1_000_000;
const HISTORY: MessageHistory = {
  events: 1,
  attempts: 1,
  ownFailures: 0,
  ambiguous: false,
  mends: [],
  sealedAt: NOW,
};
const CONTEXT: SettleContext = {
  history: HISTORY,
  channelFailures: 0,
  blockedCount: 0,
  hasOthers: false,
  now: NOW,
  random: 1,
  freshId: 'fresh',
};
const retry = (
  reason: 'unreachable' | 'timeout' | 'busy' | 'unknown_code' | 'aborted',
  ambiguous = false,
): Outcome => ({
  kind: 'retry',
  reason,
  ambiguous,
  detail: '',
});

function settleWith(
  outcome: Outcome,
  history: Partial<MessageHistory> = {},
  context: Partial<SettleContext> = {},
): Settlement {
  return settleOutcome(outcome, { ...CONTEXT, ...context, history: { ...HISTORY, ...history } });
}

describe('a channel in trouble', () => {
  test('is tried again under the same id when nothing arrived', () => {
    assert.deepEqual(settleWith(retry('unreachable')).message, {
      kind: 'again',
      at: NOW + 1000,
      setAside: false,
      history: { ownFailures: 0, ambiguous: false },
    });
  });

  test('is tried again under the same id when the attempt may have reached people', () => {
    const { message } = settleWith(retry('timeout', true), {}, { channelFailures: 2 });
    assert.deepEqual(message, {
      kind: 'again',
      at: NOW + 4000,
      setAside: false,
      history: { ownFailures: 0, ambiguous: true },
    });
  });

  test('is tried again under a fresh id when it answered that it took nothing', () => {
    const { message } = settleWith(retry('busy'));
    assert.equal(message.kind === 'again' && message.freshId, 'fresh');
  });

  test('keeps the id when an earlier attempt may have reached people', () => {
    const { message } = settleWith(retry('busy'), { ambiguous: true });
    assert.equal(message.kind === 'again' && message.freshId, undefined);
  });

  test('is tried for ever, at most five minutes apart', () => {
    const { message } = settleWith(retry('timeout', true), {}, { channelFailures: 10_000 });
    assert.equal(message.kind === 'again' && message.at, NOW + 300_000);
  });

  test('may ask for its own wait', () => {
    const { message } = settleWith({
      kind: 'retry',
      reason: 'busy',
      ambiguous: true,
      waitMs: 77,
      detail: '',
    });
    assert.equal(message.kind === 'again' && message.at, NOW + 77);
  });

  test('a send that our own end aborted is due at once', () => {
    const { message } = settleWith(retry('aborted', true));
    assert.equal(message.kind === 'again' && message.at, NOW);
  });
});

describe('a message that fails by itself', () => {
  const rows = [
    { name: 'goes again first', ownFailures: 0, becomes: 'again, in the way' },
    { name: 'is set aside at its second failure', ownFailures: 1, becomes: 'again, set aside' },
    { name: 'stays aside', ownFailures: 3, becomes: 'again, set aside' },
    { name: 'is a dead letter at its fifth', ownFailures: 4, becomes: 'dead' },
  ];
  for (const { name, ownFailures, becomes } of rows) {
    test(name, () => {
      const { message } = settleWith(retry('unknown_code'), { ownFailures });
      const text =
        message.kind === 'again' ? `again, ${message.setAside ? 'set aside' : 'in the way'}` : message.kind;
      assert.equal(text, becomes);
    });
  }

  test('stays aside when the channel has trouble in between', () => {
    const { message } = settleWith(retry('timeout', true), { ownFailures: 2 });
    assert.equal(message.kind === 'again' && message.setAside, true);
  });
});

describe('a throttled attempt', () => {
  const outcome: Outcome = {
    kind: 'throttled',
    reason: 'rate_limited',
    scope: 'credential',
    waitMs: 600_000,
    detail: 'too fast',
  };

  test('parks the lanes of the credential for the wait and a little more, never less', () => {
    assert.equal(settleWith(outcome, {}, { random: 0 }).hold?.until, NOW + 600_000);
    const { hold } = settleWith(outcome);
    assert.deepEqual([hold?.kind, hold?.scope, hold?.until], ['parked', 'credential', NOW + 660_000]);
  });

  test('sends the message under a fresh id, unless it may have reached people before', () => {
    const { message } = settleWith(outcome);
    assert.equal(message.kind === 'again' && message.freshId, 'fresh');
    const later = settleWith(outcome, { ambiguous: true }).message;
    assert.equal(later.kind === 'again' && later.freshId, undefined);
  });
});

describe('a blocked attempt', () => {
  const outcome: Outcome = {
    kind: 'blocked',
    reason: 'bad_signature',
    detail: 'sign not match',
    cure: 'mend the secret',
  };

  test('blocks the lane, says how to mend it, and keeps the message', () => {
    const { hold, message } = settleWith(outcome);
    assert.deepEqual(
      [hold?.kind, hold?.scope, hold?.detail],
      ['blocked', 'lane', 'sign not match: mend the secret'],
    );
    assert.equal(message.kind, 'again');
  });

  test('is tried ever more rarely, but at least every half hour', () => {
    const waits = [0, 1, 2, 3, 99].map(
      (blockedCount) => (settleWith(outcome, {}, { blockedCount }).hold?.until ?? 0) - NOW,
    );
    assert.deepEqual(waits, [300_000, 600_000, 1_200_000, 1_800_000, 1_800_000]);
  });
});

describe('a refused message', () => {
  const tooLarge: Outcome = { kind: 'refused', reason: 'too_large', detail: '', mend: 'shorter' };

  test('of many events is halved until the one at fault stands alone', () => {
    assert.deepEqual(settleWith(tooLarge, { events: 5 }).message, {
      kind: 'recompose',
      mends: [],
      atMost: 3,
    });
  });

  test('of one event is mended', () => {
    assert.deepEqual(settleWith(tooLarge).message, { kind: 'recompose', mends: ['shorter'], atMost: 1 });
  });

  test('may be shortened three times, then it is a dead letter', () => {
    assert.equal(settleWith(tooLarge, { mends: ['shorter', 'shorter'] }).message.kind, 'recompose');
    assert.equal(settleWith(tooLarge, { mends: ['shorter', 'shorter', 'shorter'] }).message.kind, 'dead');
  });

  test('is mended only once in any other way', () => {
    const unsafe: Outcome = { kind: 'refused', reason: 'unsafe_link', detail: '', mend: 'without_links' };
    assert.equal(settleWith(unsafe, { mends: ['shorter'] }).message.kind, 'recompose');
    assert.equal(settleWith(unsafe, { mends: ['without_links'] }).message.kind, 'dead');
  });

  test('is a dead letter at once if nothing can mend it', () => {
    assert.deepEqual(settleWith({ kind: 'refused', reason: 'bad_request', detail: '' }).message, {
      kind: 'dead',
    });
  });
});

describe('over any history of outcomes', () => {
  const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
    fc.record({
      kind: fc.constant('retry' as const),
      reason: fc.constantFrom(...REASONS.retry),
      ambiguous: fc.boolean(),
      detail: fc.constant(''),
    }),
    fc.record({
      kind: fc.constant('throttled' as const),
      reason: fc.constantFrom(...REASONS.throttled),
      scope: fc.constantFrom('credential' as const, 'plugin' as const),
      waitMs: fc.integer({ min: 0, max: 3_600_000 }),
      detail: fc.constant(''),
    }),
    fc.record({
      kind: fc.constant('blocked' as const),
      reason: fc.constantFrom(...REASONS.blocked),
      detail: fc.constant(''),
      cure: fc.constant(''),
    }),
    fc.record({
      kind: fc.constant('refused' as const),
      reason: fc.constantFrom(...REASONS.refused),
      detail: fc.constant(''),
      mend: fc.constantFrom(...MENDS),
    }),
  );

  test('the id changes only while every attempt under it was definitely refused', () => {
    fc.assert(
      fc.property(fc.array(outcomes, { maxLength: 30 }), (list) => {
        let history = HISTORY;
        for (const outcome of list) {
          const { message } = settleWith(outcome, history);
          const before = history.ambiguous;
          const ambiguousNow = outcome.kind === 'retry' && outcome.ambiguous;
          if (message.kind !== 'again') return true;
          if (message.freshId !== undefined && (before || ambiguousNow)) return false;
          if ((before || ambiguousNow) && !message.history.ambiguous) return false;
          history = { ...history, ...message.history };
        }
        return true;
      }),
    );
  });

  test('a message that the channel never took by its own fault never dies', () => {
    const channel = outcomes.filter(
      (outcome) =>
        outcome.kind !== 'refused' &&
        outcome.kind !== 'delivered' &&
        !/unknown_code|internal/.test(outcome.reason),
    );
    fc.assert(
      fc.property(fc.array(channel, { maxLength: 50 }), (list) => {
        let history = HISTORY;
        return list.every((outcome) => {
          const { message } = settleWith(outcome, history);
          if (message.kind === 'again') history = { ...history, ...message.history };
          return message.kind === 'again';
        });
      }),
    );
  });

  test('a message that fails by itself ends after five failures at the latest', () => {
    let history = HISTORY;
    for (let failure = 1; failure < DEAD_AFTER; failure++) {
      const { message } = settleWith(retry('unknown_code'), history);
      assert.ok(message.kind === 'again');
      history = { ...history, ...message.history };
    }
    assert.equal(settleWith(retry('unknown_code'), history).message.kind, 'dead');
  });
});
