/**
 * A lane in memory, worked by the real plan and the real settlements: for property tests of what becomes of many messages when some of
 * them, or all, are never taken. Every message covers one event.
 */
import type {
  Doubts,
  LaneView,
  MessageHistory,
  OpenMessage,
  Settlement,
  Trouble,
} from '../../outbox/contract.ts';
import type { Outcome } from '../../plugin/outcome.ts';
import { planStep } from '../plan.ts';
import { settleOutcome } from '../settle.ts';
import type { SettleContext } from '../settle-context.ts';
import { AT } from './arbitrary.ts';

/** What the channel answers to the message of this event, as the nth send. */
export type Answer = (event: number, send: number) => Outcome;

/** What became of an event. */
export type Fate = 'waiting' | 'delivered' | 'failed' | 'refused';

interface Held {
  readonly message: OpenMessage;
  readonly isAside: boolean;
  /** How many the lane had delivered when it last failed, and which send that was. */
  readonly failedAfter: number;
  readonly lastSend: number;
}

/** A lane in which so many events wait. */
export function createLaneModel(events: number, answer: Answer) {
  const fates = new Map<number, Fate>(Array.from({ length: events }, (_, event) => [event, 'waiting']));
  let fresh = [...fates.keys()];
  let held: readonly Held[] = [];
  let mends = new Map<number, MessageHistory['mends']>();
  let doubts: Doubts = { failures: 0, refusals: 0 };
  let trouble: Trouble | undefined;
  let at = AT;
  let sends = 0;
  let deliveries = 0;

  function view(): LaneView {
    const setAside = held
      .filter((one) => one.isAside)
      .toSorted((a, b) =>
        a.message.retryAt <= at && b.message.retryAt <= at
          ? a.lastSend - b.lastSend
          : a.message.retryAt - b.message.retryAt,
      )[0];
    return {
      credentials: [{ paceKey: 'k', hold: undefined, probed: false, starts: [], paceMark: 0 }],
      trouble,
      doubts,
      current: seen(held.find((one) => !one.isAside)),
      setAside: seen(setAside),
      unsealed: fresh.length,
      frontRank: fresh.length === 0 ? undefined : 2,
      part: 1,
      waiting: fresh.length + held.length,
      oldestAt: AT,
      lastCriticalAt: undefined,
      expired: 0,
      monthCalls: 0,
    };
  }

  function seen(one: Held | undefined): OpenMessage | undefined {
    if (one === undefined) return undefined;
    const { message, failedAfter } = one;
    const now = { othersPassed: deliveries > failedAfter, setAside: one.isAside };
    return { ...message, history: { ...message.history, ...now } };
  }

  function compose(): OpenMessage {
    const [event = 0] = fresh;
    const message = { ref: event, id: `${event}`, form: 'f', body: '', retryAt: at, paceKey: 'k' };
    const history = { events: 1, attempts: 1, ownFailures: 0, setAside: false, othersPassed: false };
    const revised = { mends: mends.get(event) ?? [], ambiguous: false, sealedAt: at };
    return { ...message, history: { ...history, ...revised } };
  }

  function send(message: OpenMessage): void {
    const event = message.ref;
    const before = held.find((one) => one.message.ref === event);
    fresh = fresh.filter((other) => other !== event);
    held = held.filter((one) => one !== before);
    sends += 1;
    at += 100;
    const outcome = answer(event, sends);
    const context: SettleContext = {
      history: message.history,
      doubts,
      channelFailures: trouble?.endedAt === undefined ? (trouble?.failures ?? 0) : 0,
      blockedCount: 0,
      hasOthers: false,
      now: at,
      random: 1,
      freshId: `${event} ${sends}`,
    };
    const settlement = settleOutcome(outcome, context);
    record(settlement, outcome);
    become(message, settlement, outcome, before?.failedAfter ?? Number.POSITIVE_INFINITY);
  }

  function record({ doubt, trouble: begun }: Settlement, { kind }: Outcome): void {
    if (begun !== undefined) trouble = { since: at, ...begun };
    if (doubt !== undefined) doubts = { ...doubts, [doubt]: doubts[doubt] + 1 };
    if (kind !== 'delivered') return;
    deliveries += 1;
    doubts = { failures: 0, refusals: 0 };
    if (trouble !== undefined) trouble = { ...trouble, endedAt: at };
  }

  function become(
    message: OpenMessage,
    { message: settled, doubt }: Settlement,
    outcome: Outcome,
    failedAfter: number,
  ): void {
    const event = message.ref;
    if (settled.kind === 'delivered') fates.set(event, 'delivered');
    else if (settled.kind === 'dead') fates.set(event, outcome.kind === 'refused' ? 'refused' : 'failed');
    else if (settled.kind === 'recompose') {
      mends = new Map(mends).set(event, settled.mends);
      fresh = [event, ...fresh];
    } else {
      const { attempts } = message.history;
      const history = { ...message.history, ...settled.history, attempts: attempts + 1 };
      const kept = { ...message, retryAt: settled.at, history };
      const failed = doubt === 'failures' ? deliveries : failedAfter;
      held = [...held, { message: kept, isAside: settled.setAside, failedAfter: failed, lastSend: sends }];
    }
  }

  return {
    fates,
    /** The events of this fate. */
    with: (fate: Fate): number[] => [...fates].filter(([, is]) => is === fate).map(([event]) => event),
    /** A minute later one more event waits. */
    arrive(event: number): void {
      at += 60_000;
      fates.set(event, 'waiting');
      fresh = [...fresh, event];
    },
    /** The lane's trouble is that it delivers nothing of what it sends. */
    failsAll: (): boolean => trouble?.toAll !== undefined && trouble.endedAt === undefined,
    /** Until the next send is over. False if there is nothing to send. Answers with how long the lane waited for it. */
    work(): number | undefined {
      const begun = at;
      for (;;) {
        const step = planStep(view(), { at, paces: new Map() });
        if (step.kind === 'wait') {
          if (step.until === undefined) return undefined;
          at = step.until;
        } else if (step.kind === 'unseal') {
          const { ref } = step.message;
          held = held.filter((one) => one.message.ref !== ref);
          fresh = [ref, ...fresh];
        } else {
          const waited = at - begun;
          send(step.kind === 'resend' ? step.message : compose());
          return waited;
        }
      }
    },
  };
}
