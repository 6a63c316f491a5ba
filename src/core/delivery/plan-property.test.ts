import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CredentialView, LaneView, Trouble } from '../outbox/contract.ts';
import type { Pace } from '../plugin/contract.ts';
import { paceAt } from './pace.ts';
import { dueAtOnce, planStep, type Step } from './plan.ts';
import { AT, laneViews, PACE_KEYS, paces, paceTables } from './testing/arbitrary.ts';

type Paces = ReadonlyMap<string, Pace>;

/** Checks a step of any lane with any paces. */
function always(check: (step: Step, view: LaneView, table: Paces) => void): void {
  fc.assert(
    fc.property(laneViews, paceTables, (view, table) =>
      check(planStep(view, { at: AT, paces: table }), view, table),
    ),
    { numRuns: 500 },
  );
}

test('nothing is composed or sent under a credential that is held or that another lane probes', () => {
  always((step) => {
    if (step.kind === 'compose' || step.kind === 'resend') assert.ok(!isResting(step.under));
  });
});

test('nothing is composed or sent while the channel is in trouble and its back-off lasts', () => {
  always((step, { trouble }) => {
    if (trouble === undefined || trouble.endedAt !== undefined || trouble.retryAt <= AT) return;
    assert.equal(step.kind, 'wait');
  });
});

test('nothing starts that the pace of its credential forbids', () => {
  always((step, _view, table) => {
    if (step.kind !== 'compose' && step.kind !== 'resend') return;
    const { freeStarts } = paceAt(table.get(step.under.paceKey), step.under.starts, AT);
    assert.ok(freeStarts > 0);
  });
});

test('what is new leaves the reserved part of every pace free, unless a critical event leads it', () => {
  fc.assert(
    fc.property(laneViews, paces, (drawn, pace) => {
      const view = { ...drawn, current: undefined, setAside: undefined };
      const step = planStep(view, { at: AT, paces: new Map(PACE_KEYS.map((key) => [key, pace])) });
      if (step.kind !== 'compose') return;
      const { freeStarts } = paceAt(pace, step.under.starts, AT);
      assert.ok(freeStarts > (view.frontRank === 0 ? 0 : (pace.reserved ?? 0)));
    }),
    { numRuns: 1_000 },
  );
});

test('nothing new passes a message that is under way', () => {
  always((step, { current }) => {
    if (current !== undefined) assert.notEqual(step.kind, 'compose');
  });
});

test('nothing new passes a message set aside that is due, unless that one alone has to rest or nothing passes', () => {
  always((step, { setAside, credentials, trouble }) => {
    if (step.kind !== 'compose' || setAside === undefined || setAside.retryAt > AT) return;
    if (nothingPasses(trouble)) return;
    const own = credentials.find(({ paceKey }) => paceKey === setAside.paceKey);
    assert.ok(setAside.history.ambiguous && own !== undefined && isResting(own));
  });
});

test('while nothing passes, what has not been tried goes before what was set aside', () => {
  always((step, { unsealed, trouble, current, setAside }) => {
    if (step.kind !== 'resend' && step.kind !== 'unseal') return;
    if (nothingPasses(trouble) && current === undefined) assert.equal(unsealed, 0);
    if (step.kind === 'unseal') assert.notEqual(step.message, setAside);
  });
});

test('a lane whose host answers others tries at once, but for holds and paces', () => {
  always((_step, view, table) => {
    const step = planStep(dueAtOnce(view, AT), { at: AT, paces: table });
    if (step.kind === 'wait') assert.notEqual(step.why, 'retry');
  });
});

test('what people may have seen goes again under the credential that would drop its copy', () => {
  always((step, { credentials }) => {
    if (step.kind !== 'resend' || !step.message.history.ambiguous) return;
    const isConfigured = credentials.some(({ paceKey }) => paceKey === step.message.paceKey);
    if (isConfigured) assert.equal(step.under.paceKey, step.message.paceKey);
  });
});

test('a seal is voided only if nobody can have seen the message and nothing about it must stay', () => {
  always((step) => {
    if (step.kind !== 'unseal') return;
    const { ambiguous, ownFailures, mends } = step.message.history;
    assert.deepEqual([ambiguous, ownFailures, mends], [false, 0, []]);
  });
});

test('only what is due goes again', () => {
  always((step) => {
    if (step.kind === 'resend' || step.kind === 'unseal') assert.ok(step.message.retryAt <= AT);
  });
});

test('who waits for a time waits for one that is ahead, and only an empty lane waits for news alone', () => {
  always((step, view) => {
    if (step.kind !== 'wait') return;
    if (step.until !== undefined)
      assert.ok(step.until > AT, `${step.why} until ${step.until - AT} ms from now`);
    else assert.deepEqual([view.current, view.setAside, view.unsealed], [undefined, undefined, 0]);
  });
});

test('a lane with something to send gets there by waiting for the times it is told', () => {
  fc.assert(
    fc.property(laneViews, paceTables, (drawn, table) => {
      const view = { ...drawn, credentials: drawn.credentials.map((one) => ({ ...one, probed: false })) };
      if (view.current === undefined && view.setAside === undefined && view.unsealed === 0) return;
      let at = AT;
      // A trouble, a hold or two, a back-off, and paces with their windows.
      for (let looks = 0; looks < 12; looks++) {
        const step = planStep(view, { at, paces: table });
        if (step.kind !== 'wait') return;
        assert.ok(step.until !== undefined && step.until > at);
        at = step.until;
      }
      assert.fail('still waiting after twelve waits');
    }),
    { numRuns: 500 },
  );
});

test('the room that composing is told of is what the usable credentials leave together', () => {
  always((step, { credentials }, table) => {
    if (step.kind !== 'compose') return;
    const { freeStarts, spent } = step.room;
    assert.ok(freeStarts >= 1);
    assert.deepEqual(
      spent,
      spent.toSorted((a, b) => a - b),
    );
    const limits = credentials.filter((one) => !isResting(one)).map(({ paceKey }) => table.get(paceKey));
    if (limits.includes(undefined)) return assert.equal(freeStarts, Number.POSITIVE_INFINITY);
    const starts = limits.reduce((sum, pace) => sum + (pace?.starts ?? 0), 0);
    assert.ok(freeStarts <= starts);
  });
});

function isResting({ hold, probed }: CredentialView): boolean {
  return probed || (hold !== undefined && hold.until > AT);
}

function nothingPasses(trouble: Trouble | undefined): boolean {
  return trouble !== undefined && trouble.endedAt === undefined;
}
