/** How a lane rests between two steps: for a time, which news may end, or a reason to go on at once. */
import type { Clock } from '../clock.ts';
import type { Rest } from './rest.ts';

/** One lane's. */
export interface Sleeper {
  /** To be called before the outbox is read: what arrives from then on ends the rest that follows. */
  listen(): void;
  rest(rest: Rest): Promise<void>;
  /** Something has come: ends a rest, but for the part in which it is deaf. */
  news(): void;
  /** Ends a rest whatever it is. */
  goOn(): void;
}

/** Rests end with `ending`, too. */
export function createSleeper(clock: Clock, ending: AbortSignal): Sleeper {
  let alarm = new AbortController();
  let shove = new AbortController();
  return {
    listen() {
      alarm = new AbortController();
      shove = new AbortController();
    },
    async rest({ ms, deafMs }) {
      const deaf = AbortSignal.any([shove.signal, ending]);
      if (deafMs > 0) await clock.wait(deafMs, deaf);
      if (ms > deafMs) await clock.wait(ms - deafMs, AbortSignal.any([alarm.signal, deaf]));
    },
    news() {
      // With a reason: without one an exception is made, with a stack, for each webhook.
      alarm.abort('woken');
    },
    goOn() {
      shove.abort('woken');
    },
  };
}
