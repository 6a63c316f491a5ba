/** When the cases of the outbox contract happen, and how their attempts end. */
import type { SettleRequest } from '../../src/core/outbox/contract.ts';

/** When a case begins. */
export const T0 = 1_800_000_000_000;
/** In milliseconds. */
export const MINUTE = 60_000;

/** How an attempt ended, and what follows. */
export type Ending = Pick<SettleRequest, 'outcome' | 'reason' | 'settlement'>;

/** The channel has confirmed it. */
export const DELIVERED: Ending = {
  outcome: 'delivered',
  reason: 'ok',
  settlement: { message: { kind: 'delivered' } },
};
/** Given up on, which says nothing of the channel. */
export const DEAD: Ending = {
  outcome: 'retry',
  reason: 'unknown_code',
  settlement: { message: { kind: 'dead' } },
};
/** The channel answers, and does not want it as it is: its seal is void. */
export const REFUSED: Ending = {
  outcome: 'refused',
  reason: 'too_large',
  settlement: { message: { kind: 'recompose', mends: ['shorter'], atMost: 1 } },
};
/** People may have seen it; it goes again. */
export const LOST_ANSWER: Ending = goesAgain({ ambiguous: true });
/** Nobody has seen it; it goes again. */
export const UNREACHABLE: Ending = goesAgain({ ambiguous: false });

/** Its message goes again, at once. */
export function goesAgain({
  ambiguous = false,
  setAside = false,
  ...settlement
}: { readonly ambiguous?: boolean; readonly setAside?: boolean } & Omit<
  Ending['settlement'],
  'message'
>): Ending {
  const history = { ownFailures: 0, ambiguous };
  return {
    outcome: 'retry',
    reason: ambiguous ? 'timeout' : 'unreachable',
    settlement: { message: { kind: 'again', at: T0, setAside, history }, ...settlement },
  };
}
