/** How attempts of a random history end, and what follows from each. */
import { randomUUID } from 'node:crypto';
import { settleOutcome } from '../../src/core/delivery/settle.ts';
import type { HoldScope, LaneView, OpenMessage, Settlement } from '../../src/core/outbox/contract.ts';
import type { Outcome } from '../../src/core/plugin/outcome.ts';

/** How far apart the steps of a history are. */
export const STEP_MS = 1_000;
/** How long its holds last. */
export const HOLD_MS = 3 * STEP_MS;

/** How an attempt ends. */
export type End = (typeof ENDS)[number];

/** A delivery as often as all failures of one kind. */
export const ENDS = [
  'delivered',
  'delivered',
  'delivered',
  'delivered',
  'again',
  'aside',
  'fresh',
  'recompose',
  'dead',
  'unclear',
  'thrown',
  'refused',
  'blocked',
  'parked lane',
  'parked credential',
  'parked plugin',
] as const;

/** What the channel has answered then. */
export function outcomeOf(ends: End): Outcome {
  switch (ends) {
    case 'delivered':
      return { kind: 'delivered' };
    case 'unclear':
      return { kind: 'retry', reason: 'unknown_code', ambiguous: false, detail: '' };
    case 'thrown':
      return { kind: 'retry', reason: 'internal', ambiguous: true, detail: '' };
    case 'refused':
    case 'recompose':
      return { kind: 'refused', reason: 'bad_request', detail: '' };
    default:
      return { kind: 'retry', reason: 'timeout', ambiguous: true, detail: '' };
  }
}

/** What follows when a message's attempt ends so, in a lane that stands so. */
export function settlementOf(ends: End, message: OpenMessage, { at, seen }: SettlingAt): Settlement {
  const { history } = message;
  const again = {
    kind: 'again',
    at: at + STEP_MS,
    setAside: false,
    history: { ownFailures: 1, ambiguous: history.ambiguous },
  } as const;
  const ambiguous = { ...again, history: { ownFailures: 1, ambiguous: true } };
  switch (ends) {
    case 'delivered':
    case 'dead':
      return { message: { kind: ends } };
    case 'unclear':
    case 'thrown':
    case 'refused':
      return settleOutcome(outcomeOf(ends), {
        history,
        doubts: seen.doubts,
        channelFailures: seen.trouble?.failures ?? 0,
        blockedCount: 0,
        hasOthers: true,
        now: at,
        random: 1,
        freshId: randomUUID(),
      });
    case 'again':
      return { message: ambiguous };
    case 'aside':
      return { message: { ...again, setAside: true } };
    case 'fresh':
      return { message: { ...again, freshId: randomUUID() } };
    case 'recompose':
      return {
        message: {
          kind: 'recompose',
          mends: ['shorter'],
          atMost: Math.max(1, Math.ceil(history.events / 2)),
        },
      };
    case 'blocked':
      return { message: again, hold: holdOf('blocked', 'lane', at) };
    case 'parked lane':
      return { message: again, hold: holdOf('parked', 'lane', at) };
    case 'parked credential':
      return { message: again, hold: holdOf('parked', 'credential', at) };
    case 'parked plugin':
      return { message: again, hold: holdOf('parked', 'plugin', at) };
    default:
      return ends satisfies never;
  }
}

/** When it is settled, and how the lane stood before. */
export interface SettlingAt {
  readonly at: number;
  readonly seen: Pick<LaneView, 'doubts' | 'trouble'>;
}

function holdOf(kind: 'parked' | 'blocked', scope: HoldScope, at: number): NonNullable<Settlement['hold']> {
  return { kind, scope, reason: 'rate_limited', detail: '', until: at + HOLD_MS, count: 0 };
}
