/**
 * A clock that does not jump forward under those who wait: when the machine's clock is set forward, holds, back-offs and paces on record
 * would all seem to be over. It goes on as if nothing had happened until what is on record was moved along, and shows the new time from
 * then on. A clock that was set back needs no such care: the outbox rewrites what lies in the future.
 */
import type { Clock } from './clock.ts';

/** What a steady clock is made of. */
export interface SteadyClockOptions {
  /** The machine's. */
  readonly machine: Clock;
  /**
   * Moves all recorded times that still matter by so many milliseconds; `at` is the time before. Whoever asks the outbox after this call
   * already has the new time. If it rejects, the clock goes back to its steady time and tries again later.
   */
  moveRecords(forward: { readonly byMs: number; readonly at: number }): Promise<void>;
  /** The clock was set forward, and the records are moved. */
  onForward?(byMs: number): void;
}

/** A smaller step is as good as none: the vendors' windows are kept with more to spare. */
const JUMP_MS = 5_000;
/** After a failure. */
const RETRY_MS = 1_000;
/** Two clocks cannot be read at one moment: a pause between them looks like a jump, but not several times in a row. */
const READINGS = 3;

/** Goes with the machine's clock but for steps forward. */
export function createSteadyClock({ machine, moveRecords, onForward }: SteadyClockOptions): Clock {
  /** Wall-clock time minus elapsed time, as it was last shown. */
  let offset = machine.now() - machine.elapsed();
  let moving = false;
  let retryAt = 0;

  async function move(byMs: number, at: number): Promise<void> {
    moving = true;
    try {
      const moved = moveRecords({ byMs, at });
      offset += byMs;
      await moved;
      onForward?.(byMs);
    } catch {
      offset -= byMs;
      retryAt = machine.elapsed() + RETRY_MS;
    } finally {
      moving = false;
    }
  }

  return {
    now() {
      const elapsed = machine.elapsed();
      const stepMs = stepOf(machine, offset);
      if (stepMs <= JUMP_MS) offset += stepMs;
      else if (!moving && elapsed >= retryAt) void move(stepMs, elapsed + offset);
      return elapsed + offset;
    },
    elapsed: () => machine.elapsed(),
    wait: (ms, signal) => machine.wait(ms, signal),
    after: (ms, act) => machine.after(ms, act),
  };
}

/** By how much the wall clock has moved against the elapsed time; of several readings the least. */
function stepOf(machine: Clock, offset: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < READINGS; reading++) {
    const elapsed = machine.elapsed();
    least = Math.min(least, machine.now() - elapsed - offset);
    if (least <= JUMP_MS) break;
  }
  return least;
}
