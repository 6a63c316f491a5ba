/** The pace: pure. How many sends may start now, read from the starts that the outbox has recorded. */
import type { Pace } from '../plugin/contract.ts';

/** What a pace allows at one moment. */
export interface PaceNow {
  /** Sends that may start at once; Infinity without a pace. */
  readonly freeStarts: number;
  /** Starts that the window counts; 0 without a pace. */
  readonly spentStarts: number;
  /** When the next one may start: now, if any is free. */
  readonly nextAt: number;
}

/**
 * At most `pace.starts` starts in any `pace.windowMs`, whatever the window's beginning. `starts` are the recorded ones, oldest
 * first; those in the future count as now.
 */
export function paceAt(
  pace: Pick<Pace, 'starts' | 'windowMs'> | undefined,
  starts: readonly number[],
  now: number,
): PaceNow {
  if (pace === undefined) return { freeStarts: Number.POSITIVE_INFINITY, spentStarts: 0, nextAt: now };
  const inWindow = starts.map((start) => Math.min(start, now)).filter((start) => start > now - pace.windowMs);
  const freeStarts = Math.max(0, pace.starts - inWindow.length);
  const spentStarts = inWindow.length;
  if (freeStarts > 0) return { freeStarts, spentStarts, nextAt: now };
  // The window must lose so many starts that one is free: the last of those decides.
  const leaving = inWindow[inWindow.length - pace.starts] ?? now;
  return { freeStarts, spentStarts, nextAt: leaving + pace.windowMs };
}
