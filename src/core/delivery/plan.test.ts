import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LaneView, OpenMessage } from '../outbox/contract.ts';
import { planStep, type Step } from './plan.ts';

const AT = 1_000_000;
const PACE = { credential: 'c', starts: 2, windowMs: 1000 };
const EMPTY: LaneView = {
  hold: undefined,
  starts: [],
  paceMark: 0,
  current: undefined,
  setAside: undefined,
  unsealed: 0,
  frontRank: undefined,
  part: 1,
  waiting: 0,
  oldestAt: undefined,
};
const HOLD = { kind: 'parked', reason: 'rate_limited', detail: '', since: AT - 5, count: 0 } as const;

function message(retryAt: number, ref = 1): OpenMessage {
  const history = {
    events: 1,
    attempts: 1,
    channelFailures: 0,
    ownFailures: 0,
    ambiguous: false,
    mends: [],
    sealedAt: AT,
  };
  return { ref, id: 'id', form: 'text', body: '', retryAt, history };
}

describe('planStep', () => {
  const table: { name: string; view: Partial<LaneView>; step: Step }[] = [
    {
      name: 'an empty lane waits for news',
      view: {},
      step: { kind: 'wait', until: undefined, why: 'empty' },
    },
    {
      name: 'a hold stops everything until its end',
      view: { hold: { ...HOLD, until: AT + 9 }, current: message(AT), unsealed: 5 },
      step: { kind: 'wait', until: AT + 9, why: 'hold' },
    },
    {
      name: 'a hold that is over stops nothing',
      view: { hold: { ...HOLD, until: AT }, unsealed: 5 },
      step: { kind: 'compose', freeStarts: 2, spentStarts: 0 },
    },
    {
      name: 'a message that is due goes again before anything new',
      view: { current: message(AT), unsealed: 5 },
      step: { kind: 'resend', message: message(AT) },
    },
    {
      name: 'a message that waits out its back-off holds the lane: the channel is in trouble',
      view: { current: message(AT + 7), unsealed: 5, setAside: message(AT, 2) },
      step: { kind: 'wait', until: AT + 7, why: 'retry' },
    },
    {
      name: 'what was set aside and is due goes before what is new',
      view: { setAside: message(AT, 2), unsealed: 5 },
      step: { kind: 'resend', message: message(AT, 2) },
    },
    {
      name: 'what was set aside and is not due lets others pass',
      view: { setAside: message(AT + 7, 2), unsealed: 5 },
      step: { kind: 'compose', freeStarts: 2, spentStarts: 0 },
    },
    {
      name: 'with nothing but messages set aside, the lane waits for the first of them, or for news',
      view: { setAside: message(AT + 7, 2) },
      step: { kind: 'wait', until: AT + 7, why: 'empty' },
    },
    {
      name: 'a used-up pace stops what is new',
      view: { unsealed: 5, starts: [AT - 900, AT - 800] },
      step: { kind: 'wait', until: AT + 100, why: 'pace' },
    },
    {
      name: 'a used-up pace stops what goes again',
      view: { current: message(AT), starts: [AT - 900, AT - 800] },
      step: { kind: 'wait', until: AT + 100, why: 'pace' },
    },
    {
      name: 'composing is told how many starts are free',
      view: { unsealed: 5, starts: [AT - 900] },
      step: { kind: 'compose', freeStarts: 1, spentStarts: 1 },
    },
  ];
  for (const { name, view, step } of table) {
    test(name, () => assert.deepEqual(planStep({ ...EMPTY, ...view }, { at: AT, pace: PACE }), step));
  }
});

describe('the reserved part of the pace', () => {
  const RESERVING = { credential: 'c', starts: 3, windowMs: 1000, reserved: 1 };
  const spent = { ...EMPTY, unsealed: 1, starts: [AT - 900, AT - 800] };

  test('is not for lesser events: they wait until more than it is free', () => {
    const step = planStep({ ...spent, frontRank: 2 }, { at: AT, pace: RESERVING });
    assert.deepEqual(step, { kind: 'wait', until: AT + 100, why: 'pace' });
  });

  test('lets a message led by a critical event leave at once', () => {
    const step = planStep({ ...spent, frontRank: 0 }, { at: AT, pace: RESERVING });
    assert.deepEqual(step, { kind: 'compose', freeStarts: 1, spentStarts: 2 });
  });

  test('may be used by what must go again', () => {
    const step = planStep({ ...spent, current: message(AT) }, { at: AT, pace: RESERVING });
    assert.equal(step.kind, 'resend');
  });

  test('never takes the last start from everything else', () => {
    const step = planStep(
      { ...EMPTY, unsealed: 1, frontRank: 2 },
      { at: AT, pace: { ...RESERVING, reserved: 3 } },
    );
    assert.equal(step.kind, 'compose');
  });
});
