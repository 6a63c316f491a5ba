import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  CredentialView,
  Hold,
  LaneView,
  MessageHistory,
  OpenMessage,
  Trouble,
} from '../outbox/contract.ts';
import type { Pace } from '../plugin/contract.ts';
import { planStep, type Step } from './plan.ts';

const AT = 1_000_000;
const PACE = { credential: 'c', starts: 2, windowMs: 1000 };
const CREDENTIAL: CredentialView = {
  paceKey: 'k',
  hold: undefined,
  probed: false,
  starts: [],
  paceMark: 0,
};
const EMPTY: LaneView = {
  credentials: [CREDENTIAL],
  trouble: undefined,
  doubts: { failures: 0, refusals: 0 },
  current: undefined,
  setAside: undefined,
  unsealed: 0,
  frontRank: undefined,
  part: 1,
  waiting: 0,
  oldestAt: undefined,
  lastCriticalAt: undefined,
  expired: 0,
  monthCalls: 0,
};
const FAILS_ALL: Trouble = {
  cause: 'outage',
  since: AT - 9,
  failures: 2,
  retryAt: AT,
  toAll: { reason: 'unknown_code', detail: '' },
};
const HOLD = { kind: 'parked', reason: 'rate_limited', detail: '', since: AT - 5, count: 0 } as const;

function message(retryAt: number, ref = 1, changed: Partial<MessageHistory> = {}): OpenMessage {
  const history = {
    events: 1,
    attempts: 1,
    ownFailures: 0,
    setAside: false,
    othersPassed: false,
    ambiguous: false,
    mends: [],
    sealedAt: AT,
    ...changed,
  };
  return { ref, id: 'id', form: 'text', body: '', retryAt, paceKey: 'k', history };
}

/** The lane's only credential, with these starts and this hold. */
function under(starts: readonly number[] = [], hold?: Hold): CredentialView {
  return { ...CREDENTIAL, starts, hold };
}

function planWith(view: Partial<LaneView>, pace: Pace = PACE): Step {
  return planStep({ ...EMPTY, ...view }, { at: AT, paces: new Map([['k', pace]]) });
}

/** Composing under the lane's only credential. */
function composing(credential: CredentialView, { free, pace = PACE }: { free: number; pace?: Pace }): Step {
  const { starts, windowMs } = pace;
  const room = { freeStarts: free, spent: credential.starts, pace: { starts, windowMs } };
  return { kind: 'compose', under: credential, room };
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
      view: {
        credentials: [under([], { ...HOLD, until: AT + 9 })],
        current: message(AT),
        unsealed: 5,
      },
      step: { kind: 'wait', until: AT + 9, why: 'hold' },
    },
    {
      name: 'a hold that is over stops nothing',
      view: { credentials: [under([], { ...HOLD, until: AT })], unsealed: 5 },
      step: composing(under([], { ...HOLD, until: AT }), { free: 2 }),
    },
    {
      name: 'while another lane tries whether a hold is over, this one waits for what it is told',
      view: { credentials: [{ ...under([], { ...HOLD, until: AT }), probed: true }], unsealed: 5 },
      step: { kind: 'wait', until: AT + 200, why: 'hold' },
    },
    {
      name: 'a channel in trouble is not tried before its time',
      view: { trouble: { cause: 'outage', since: AT - 9, failures: 2, retryAt: AT + 3 }, unsealed: 5 },
      step: { kind: 'wait', until: AT + 3, why: 'retry' },
    },
    {
      name: 'trouble that is over stops nothing',
      view: {
        trouble: { cause: 'outage', since: AT - 9, endedAt: AT - 1, failures: 0, retryAt: AT + 3 },
        unsealed: 5,
      },
      step: composing(under(), { free: 2 }),
    },
    {
      name: 'a message that is due goes again before anything new',
      view: { current: message(AT), unsealed: 5 },
      step: { kind: 'resend', message: message(AT), under: under() },
    },
    {
      name: 'a message that waits out its back-off holds the lane: the channel is in trouble',
      view: { current: message(AT + 7), unsealed: 5, setAside: message(AT, 2) },
      step: { kind: 'wait', until: AT + 7, why: 'retry' },
    },
    {
      name: 'what was set aside and is due goes before what is new',
      view: { setAside: message(AT, 2), unsealed: 5 },
      step: { kind: 'resend', message: message(AT, 2), under: under() },
    },
    {
      name: 'what was set aside and is not due lets others pass',
      view: { setAside: message(AT + 7, 2), unsealed: 5 },
      step: composing(under(), { free: 2 }),
    },
    {
      name: 'while whatever is sent fails, what is new goes before what was set aside',
      view: { trouble: FAILS_ALL, setAside: message(AT, 2), unsealed: 5 },
      step: composing(under(), { free: 2 }),
    },
    {
      name: 'with nothing new left then, what was set aside goes again',
      view: { trouble: FAILS_ALL, setAside: message(AT, 2) },
      step: { kind: 'resend', message: message(AT, 2), under: under() },
    },
    {
      name: 'it does not go before the lane’s back-off is over',
      view: { trouble: { ...FAILS_ALL, retryAt: AT + 3 }, setAside: message(AT, 2), unsealed: 5 },
      step: { kind: 'wait', until: AT + 3, why: 'retry' },
    },
    {
      name: 'once that trouble is over, what was set aside goes first again',
      view: { trouble: { ...FAILS_ALL, endedAt: AT }, setAside: message(AT, 2), unsealed: 5 },
      step: { kind: 'resend', message: message(AT, 2), under: under() },
    },
    {
      name: 'an old seal that was set aside is not voided: its event stays alone',
      view: { setAside: message(AT, 2, { sealedAt: AT - 60_000 }) },
      step: { kind: 'resend', message: message(AT, 2, { sealedAt: AT - 60_000 }), under: under() },
    },
    {
      name: 'with nothing but messages set aside, the lane waits for the first of them, or for news',
      view: { setAside: message(AT + 7, 2) },
      step: { kind: 'wait', until: AT + 7, why: 'empty' },
    },
    {
      name: 'a used-up pace stops what is new',
      view: { unsealed: 5, credentials: [under([AT - 900, AT - 800])] },
      step: { kind: 'wait', until: AT + 100, why: 'pace' },
    },
    {
      name: 'a used-up pace stops what goes again',
      view: { current: message(AT), credentials: [under([AT - 900, AT - 800])] },
      step: { kind: 'wait', until: AT + 100, why: 'pace' },
    },
    {
      name: 'composing is told how many starts are free',
      view: { unsealed: 5, credentials: [under([AT - 900])] },
      step: composing(under([AT - 900]), { free: 1 }),
    },
    {
      name: 'an old seal that nobody can have seen is voided, to be composed anew',
      view: { current: message(AT, 1, { sealedAt: AT - 60_000 }) },
      step: { kind: 'unseal', message: message(AT, 1, { sealedAt: AT - 60_000 }) },
    },
    {
      name: 'an old seal that people may have seen goes again as it is',
      view: { current: message(AT, 1, { sealedAt: AT - 60_000, ambiguous: true }) },
      step: {
        kind: 'resend',
        message: message(AT, 1, { sealedAt: AT - 60_000, ambiguous: true }),
        under: under(),
      },
    },
  ];
  for (const { name, view, step } of table) {
    test(name, () => assert.deepEqual(planWith(view), step));
  }
});

describe('the reserved part of the pace', () => {
  const RESERVING = { credential: 'c', starts: 3, windowMs: 1000, reserved: 1 };
  const starts = [AT - 900, AT - 800];
  const spent = { unsealed: 1, credentials: [under(starts)] };

  test('is not for lesser events: they wait until more than it is free', () => {
    const step = planWith({ ...spent, frontRank: 2 }, RESERVING);
    assert.deepEqual(step, { kind: 'wait', until: AT + 100, why: 'pace' });
  });

  test('lets a message led by a critical event leave at once', () => {
    const step = planWith({ ...spent, frontRank: 0 }, RESERVING);
    assert.deepEqual(step, composing(under(starts), { free: 1, pace: RESERVING }));
  });

  test('may be used by what must go again', () => {
    const step = planWith({ ...spent, current: message(AT) }, RESERVING);
    assert.equal(step.kind, 'resend');
  });

  test('never takes the last start from everything else', () => {
    const step = planWith({ unsealed: 1, frontRank: 2 }, { ...RESERVING, reserved: 3 });
    assert.equal(step.kind, 'compose');
  });
});

describe('several credentials', () => {
  const robot = (paceKey: string, changed: Partial<CredentialView> = {}): CredentialView => ({
    ...CREDENTIAL,
    paceKey,
    ...changed,
  });
  const parked = { hold: { ...HOLD, until: AT + 9 } };
  const plan = (view: Partial<LaneView>): Step =>
    planStep(
      { ...EMPTY, ...view },
      {
        at: AT,
        paces: new Map([
          ['a', PACE],
          ['b', PACE],
        ]),
      },
    );

  test('are used where there is most room', () => {
    const step = plan({ unsealed: 1, credentials: [robot('a', { starts: [AT - 5] }), robot('b')] });
    assert.equal(step.kind === 'compose' && step.under.paceKey, 'b');
    assert.deepEqual(step.kind === 'compose' && step.room, {
      freeStarts: 3,
      spent: [AT - 5],
      pace: { starts: 4, windowMs: 1000 },
    });
  });

  test('one that is held is passed over, with its room', () => {
    const credentials = [robot('a', parked), robot('b', { starts: [AT - 5] })];
    const step = plan({ unsealed: 1, credentials });
    assert.equal(step.kind === 'compose' && step.under.paceKey, 'b');
    assert.equal(step.kind === 'compose' && step.room.freeStarts, 1);
  });

  test('a message that nobody has seen goes under another one', () => {
    const current = { ...message(AT), paceKey: 'a' };
    const step = plan({ current, credentials: [robot('a', parked), robot('b')] });
    assert.equal(step.kind === 'resend' && step.under.paceKey, 'b');
  });

  test('a message that people may have seen goes only under its own, which alone drops the copy', () => {
    const current = { ...message(AT, 1, { ambiguous: true }), paceKey: 'a' };
    const step = plan({ current, credentials: [robot('a', { starts: [AT - 5] }), robot('b')] });
    assert.equal(step.kind === 'resend' && step.under.paceKey, 'a');
    const held = plan({ current, credentials: [robot('a', parked), robot('b')] });
    assert.deepEqual(held, { kind: 'wait', until: AT + 9, why: 'hold' });
  });

  test('set aside, it lets others pass while its own is held', () => {
    const setAside = { ...message(AT, 2, { ambiguous: true }), paceKey: 'a' };
    const step = plan({ setAside, unsealed: 1, credentials: [robot('a', parked), robot('b')] });
    assert.equal(step.kind, 'compose');
  });

  test('one that is no longer configured binds nothing', () => {
    const current = { ...message(AT, 1, { ambiguous: true }), paceKey: 'gone' };
    const step = plan({ current, credentials: [robot('a'), robot('b')] });
    assert.equal(step.kind, 'resend');
  });
});
