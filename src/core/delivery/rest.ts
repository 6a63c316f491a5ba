/** How long a lane rests between two steps, and what ends a rest early: pure. */
import type { Step } from './plan.ts';

/** Longest rest: after a jump of the clock nobody waits longer than this for what is due. */
const LONGEST_SLEEP_MS = 30_000;
/** How often a lane that waits for its pace or for more events looks at what has come. */
export const STORM_LOOK_MS = 200;

/** A rest, which new events end unless they come in its first `deafMs`. */
export interface Rest {
  readonly ms: number;
  readonly deafMs: number;
}

/** Go on at once. */
export const NO_REST: Rest = { ms: 0, deafMs: 0 };

/** Whatever comes. */
export function deafFor(ms: number): Rest {
  return { ms, deafMs: ms };
}

/**
 * What news can change: an empty lane goes on at once; one that waits for its pace or for more events looks again soon, not at
 * every webhook of a storm; one that is held or has a message to get through does not look before its time.
 */
export function restUntil(
  { why, until }: { why: Wait['why'] | 'gather'; until: number | undefined },
  at: number,
): Rest {
  const ms = Math.min(Math.max(0, (until ?? at + LONGEST_SLEEP_MS) - at), LONGEST_SLEEP_MS);
  switch (why) {
    case 'empty':
      return { ms, deafMs: 0 };
    case 'pace':
    case 'gather':
      return { ms, deafMs: Math.min(ms, STORM_LOOK_MS) };
    case 'hold':
    case 'retry':
      return deafFor(ms);
    default:
      return why satisfies never;
  }
}

type Wait = Extract<Step, { kind: 'wait' }>;
