/**
 * How often a robot may be called: 20 attempts in any minute, then a block of ten minutes
 * (https://open.dingtalk.com/document/development/custom-robots-send-group-messages). Pure: state and time in, state out. Whoever
 * calls keeps the state and records violations.
 */
import type { SimSettings } from './settings.ts';

/** What a robot knows of its recent calls. Instants in milliseconds. */
export interface RateState {
  /** Attempts that count towards the minute, oldest first. */
  readonly startsAt: readonly number[];
  /** When the block ends; 0 if there was none. */
  readonly blockedUntil: number;
}

/** What an attempt meets: room, the end of the minute's room, or a block that was already there. */
export type RateVerdict = 'free' | 'over_limit' | 'in_block';

/** The state of a robot that nobody has called. */
export const UNUSED_RATE: RateState = { startsAt: [], blockedUntil: 0 };

const WINDOW_MS = 60_000;
const BLOCK_MS = 600_000;

/** Judges an attempt that begins now, and begins or prolongs the block. The attempt itself is counted by countStart(). */
export function meetRate(
  state: RateState,
  now: number,
  settings: SimSettings,
): { readonly verdict: RateVerdict; readonly state: RateState } {
  if (now < state.blockedUntil) {
    return { verdict: 'in_block', state: settings.blockProlongs ? beginBlock(state, now, settings) : state };
  }
  if (recentStarts(state, now, settings).length < settings.startsPerMinute) return { verdict: 'free', state };
  return { verdict: 'over_limit', state: beginBlock(state, now, settings) };
}

/** Counts an attempt that began now; forgets those that no longer matter. */
export function countStart(state: RateState, now: number, settings: SimSettings): RateState {
  return { ...state, startsAt: [...recentStarts(state, now, settings), now] };
}

/** The state with ten (scaled) minutes of block from now. */
export function beginBlock(state: RateState, now: number, settings: SimSettings): RateState {
  return { ...state, blockedUntil: now + BLOCK_MS / settings.timeScale };
}

/** The attempts of the last (scaled) minute. One exactly a minute old still counts: the worst case. */
export function recentStarts(state: RateState, now: number, settings: SimSettings): readonly number[] {
  const windowMs = WINDOW_MS / settings.timeScale;
  return state.startsAt.filter((at) => at >= now - windowMs);
}
