/**
 * The database's time, between two looks at it: replicas whose machines disagree about the time agree about this one. It goes by the
 * monotonic clock, from what the answers of the database said, and is never ahead of the database.
 */
import type { Clock } from '../../clock.ts';

/** What an answer says of the time: it was `now` there at some moment between `asked` and `answered` (by the monotonic clock) here. */
export interface TimeSign {
  readonly now: number;
  readonly asked: number;
  readonly answered: number;
}

/** A clock that learns. */
export interface DatabaseClock extends Clock {
  learn(sign: TimeSign): void;
}

/** Two clocks may drift apart by so much of the time that has passed; quartz does by a tenth of it. */
const DRIFT = 0.0005;
/** The database tells whole milliseconds. */
const ROUNDING_MS = 1;

/** Shows the machine's time until it has learned better. */
export function createDatabaseClock(machine: Clock): DatabaseClock {
  // Database time minus monotonic time lies between these.
  let low = machine.now() - machine.elapsed();
  let high = Number.POSITIVE_INFINITY;
  let learnedAt: number | undefined;

  return {
    now: () => Math.floor(machine.elapsed() + low),
    elapsed: () => machine.elapsed(),
    wait: (ms, signal) => machine.wait(ms, signal),
    after: (ms, act) => machine.after(ms, act),
    learn({ now, asked, answered }) {
      const [least, most] = [now - answered, now + ROUNDING_MS - asked];
      const slack = learnedAt === undefined ? Number.POSITIVE_INFINITY : (answered - learnedAt) * DRIFT;
      const nextLow = Math.max(low - slack, least);
      const nextHigh = Math.min(high + slack, most);
      // If both cannot be true, somebody has set the database's clock, or another server answers.
      [low, high] = nextLow <= nextHigh ? [nextLow, nextHigh] : [least, most];
      learnedAt = answered;
    },
  };
}
