import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { MessageHistory, Settlement } from '../outbox/contract.ts';
import { MENDS, type Outcome, REASONS, reasonOf } from '../plugin/outcome.ts';
import { DEAD_AFTER, settleOutcome } from './settle.ts';
import type { SettleContext } from './settle-context.ts';

const NOW = 1_000_000;
const HISTORY: MessageHistory = {
  events: 1,
  attempts: 1,
  ownFailures: 0,
  setAside: false,
  othersPassed: false,
  ambiguous: false,
  mends: [],
  sealedAt: NOW,
};
const CONTEXT: SettleContext = {
  history: HISTORY,
  doubts: { failures: 0, refusals: 0 },
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
    const { message } = settleWith(retry('timeout', true), {}, { channelFailures: 1 });
    assert.deepEqual(message, {
      kind: 'again',
      at: NOW + 2000,
      setAside: false,
      history: { ownFailures: 0, ambiguous: true },
    });
  });

  test('is tried with another message after three failures of one that people may have seen, and again after twelve', () => {
    const isAside = (channelFailures: number, outcome = retry('timeout', true)) => {
      const { message } = settleWith(outcome, {}, { channelFailures });
      return message.kind === 'again' && message.setAside;
    };
    const failures = Array.from({ length: 60 }, (_, before) => before);
    assert.deepEqual(
      failures.filter((before) => isAside(before)).map((before) => before + 1),
      [3, 12, 48],
    );
    assert.ok(
      failures.every((before) => !isAside(before, retry('busy'))),
      'none that it did not take',
    );
    assert.ok(
      failures.every((before) => !isAside(before, retry('unreachable'))),
      'none that never arrived',
    );
  });

  test('a message that it has made wait stays aside until it is delivered, a minute apart at most', () => {
    const { message, trouble } = settleWith(retry('timeout', true), { setAside: true, attempts: 40 });
    assert.deepEqual(message, {
      kind: 'again',
      at: NOW + 60_000,
      setAside: true,
      history: { ownFailures: 0, ambiguous: true },
    });
    assert.equal(trouble?.retryAt, NOW + 1_000);
  });

  test('that a setting blocks is tried with another message the second time', () => {
    const blocked: Outcome = { kind: 'blocked', reason: 'bad_endpoint', detail: '', cure: '' };
    const isAside = [0, 1, 2].map((blockedCount) => {
      const { message } = settleWith(blocked, {}, { blockedCount });
      assert.equal(message.kind === 'again' && message.at, NOW, 'a mended setting frees it at once');
      return message.kind === 'again' && message.setAside;
    });
    assert.deepEqual(isAside, [false, true, false]);
  });

  test('is tried again under a fresh id when it answered that it took nothing', () => {
    const { message } = settleWith(retry('busy'));
    assert.equal(message.kind === 'again' && message.freshId, 'fresh');
  });

  test('keeps the id when an earlier attempt may have reached people', () => {
    const { message } = settleWith(retry('busy'), { ambiguous: true });
    assert.equal(message.kind === 'again' && message.freshId, undefined);
  });

  for (const { outcome, mostMs } of [
    { outcome: retry('timeout', true), mostMs: 60_000 },
    { outcome: retry('busy'), mostMs: 60_000 },
    { outcome: retry('unreachable'), mostMs: 15_000 },
  ]) {
    test(`is tried for ever, at most ${mostMs} ms apart after ${reasonOf(outcome)}`, () => {
      const { message, trouble } = settleWith(outcome, {}, { channelFailures: 10_000 });
      assert.equal(message.kind === 'again' && message.at, NOW + mostMs);
      assert.equal(trouble?.retryAt, NOW + mostMs);
      const least = settleWith(outcome, {}, { channelFailures: 10_000, random: 0 }).trouble?.retryAt;
      assert.equal(least, NOW + mostMs / 2);
    });
  }

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
    test(`${name}, as long as others pass`, () => {
      const { message } = settleWith(retry('unknown_code'), { ownFailures, othersPassed: ownFailures > 0 });
      const text =
        message.kind === 'again' ? `again, ${message.setAside ? 'set aside' : 'in the way'}` : message.kind;
      assert.equal(text, becomes);
    });
  }

  test('of many events is halved at its second failure, so that the others are told', () => {
    const history = { events: 30, ownFailures: 1, othersPassed: true };
    assert.deepEqual(settleWith(retry('unknown_code'), history), {
      message: { kind: 'recompose', mends: [], atMost: 15 },
      doubt: 'failures',
    });
    const first = settleWith(retry('unknown_code'), { ...history, ownFailures: 0 }).message;
    assert.equal(first.kind, 'again');
    const seen = settleWith(retry('unknown_code'), { ...history, ambiguous: true }).message;
    assert.equal(seen.kind, 'again', 'what people may have seen stays as it is');
    const doubts = { failures: 1, refusals: 0 };
    const all = settleWith(retry('unknown_code'), history, { doubts }).message;
    assert.equal(all.kind, 'again', 'while whatever is sent fails, nothing is halved');
  });

  test('stays aside when the channel has trouble in between', () => {
    const { message } = settleWith(retry('timeout', true), { ownFailures: 2, setAside: true });
    assert.equal(message.kind === 'again' && message.setAside, true);
  });
});

describe('an answer that may be the message’s fault or the channel’s', () => {
  const unknown = {
    kind: 'retry',
    reason: 'unknown_code',
    ambiguous: false,
    detail: 'errcode 47777',
  } as const;
  const once = { doubts: { failures: 1, refusals: 0 } };

  test('is the message’s at first: it goes again soon, and the lane remembers', () => {
    assert.deepEqual(settleWith(unknown), {
      message: {
        kind: 'again',
        at: NOW + 2000,
        setAside: false,
        history: { ownFailures: 1, ambiguous: false },
        freshId: 'fresh',
      },
      doubt: 'failures',
    });
  });

  for (const { who, history, ownFailures } of [
    { who: 'another message', history: {}, ownFailures: 1 },
    { who: 'the same message', history: { ownFailures: 1 }, ownFailures: 1 },
    { who: 'a message with four failures', history: { ownFailures: 4, othersPassed: true }, ownFailures: 5 },
  ]) {
    test(`is the channel’s when ${who} fails with no delivery between: others are tried`, () => {
      assert.deepEqual(settleWith(unknown, history, { ...once, channelFailures: 3 }), {
        message: {
          kind: 'again',
          at: NOW + 8000,
          setAside: true,
          history: { ownFailures, ambiguous: false },
          freshId: 'fresh',
        },
        trouble: {
          cause: 'outage',
          failures: 4,
          retryAt: NOW + 8000,
          toAll: { reason: 'unknown_code', detail: 'errcode 47777' },
        },
        doubt: 'failures',
      });
    });
  }

  test('the same if the plugin throws, whatever it did before', () => {
    const outcome: Outcome = { kind: 'retry', reason: 'internal', ambiguous: true, detail: 'it threw' };
    assert.equal(settleWith(outcome, {}, once).trouble?.toAll?.reason, 'internal');
  });

  test('waits as long as the channel asks', () => {
    const { trouble } = settleWith({ ...unknown, waitMs: 77 }, {}, once);
    assert.equal(trouble?.retryAt, NOW + 77);
  });

  test('a third refusal of a single event in a row is the channel’s: it goes again, under a fresh id', () => {
    const refused: Outcome = { kind: 'refused', reason: 'bad_request', detail: 'errcode 1' };
    const nth = (refusals: number) => settleWith(refused, {}, { doubts: { failures: 9, refusals } });
    assert.deepEqual(
      [0, 1].map((refusals) => nth(refusals)),
      [0, 1].map(() => ({ message: { kind: 'dead' }, doubt: 'refusals' })),
    );
    assert.deepEqual(nth(2), {
      message: {
        kind: 'again',
        at: NOW + 1000,
        setAside: true,
        history: { ownFailures: 0, ambiguous: false },
        freshId: 'fresh',
      },
      trouble: {
        cause: 'outage',
        failures: 1,
        retryAt: NOW + 1000,
        toAll: { reason: 'bad_request', detail: 'errcode 1' },
      },
      doubt: 'refusals',
    });
  });

  test('a digest is halved and a message mended whatever was refused before; neither counts', () => {
    const tooLarge: Outcome = { kind: 'refused', reason: 'too_large', detail: '', mend: 'shorter' };
    const doubts = { failures: 0, refusals: 2 };
    for (const history of [{ events: 4 }, {}]) {
      const { message, trouble, doubt } = settleWith(tooLarge, history, { doubts });
      assert.deepEqual([message.kind, trouble, doubt], ['recompose', undefined, undefined]);
    }
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

  test('a message that fails by itself while others pass ends after five failures at the latest', () => {
    let history = { ...HISTORY, othersPassed: true };
    for (let failure = 1; failure < DEAD_AFTER; failure++) {
      const { message } = settleWith(retry('unknown_code'), history);
      assert.ok(message.kind === 'again');
      history = { ...history, ...message.history };
    }
    assert.equal(settleWith(retry('unknown_code'), history).message.kind, 'dead');
  });
});
