/**
 * The only place where time comes from and where waiting happens. Parts take a Clock instead of reading the time, so that
 * tests decide what time it is.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Wall-clock time for what is recorded, monotonic time for durations, and waits that can be ended. */
export interface Clock {
  /** Milliseconds since the Unix epoch. May jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For durations within one process. */
  elapsed(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Longest wait that one timer of Node takes without overflowing to 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  async wait(ms, signal) {
    if (signal.aborted) return;
    // The abort is the expected end of a wait, not a failure.
    await sleep(Math.min(Math.max(ms, 0), LONGEST_TIMER_MS), undefined, { signal }).catch(() => undefined);
  },
};
