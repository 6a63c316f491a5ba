/**
 * Lets webhooks be read a few at a time: what has come over all connections at once would otherwise be parsed in one turn of the event
 * loop, and lanes, scrapes and answers would stand still meanwhile, at large webhooks for half a second.
 */

/** Runs work that keeps the event loop busy, now or in a turn that has room for it; in the order in which it came. Resolves as the work does. */
export type Turnstile = <Result>(work: () => Result | Promise<Result>) => Promise<Result>;

/** What it goes by. */
export interface TurnstileOptions {
  /** How long the work of one turn may take before the rest has to wait; the last to begin may go beyond. In milliseconds. */
  readonly turnMs: number;
  /** Milliseconds from an arbitrary start. */
  elapsed(): number;
  /** Calls back in a later turn, when all that came meanwhile has been heard. `waitedMs`: how long the first in the queue has waited. */
  nextTurn(callback: () => void, waitedMs: number): void;
}

/** A turnstile that nobody waits at. */
export function createTurnstile({ turnMs, elapsed, nextTurn }: TurnstileOptions): Turnstile {
  let waiting: { readonly run: () => void; readonly since: number }[] = [];
  let spentMs = 0;
  let turnEnds = false;

  function spend(work: () => void): void {
    const began = elapsed();
    work();
    spentMs += elapsed() - began;
    if (turnEnds) return;
    turnEnds = true;
    const [first] = waiting;
    nextTurn(beginTurn, first === undefined ? 0 : elapsed() - first.since);
  }

  function beginTurn(): void {
    turnEnds = false;
    spentMs = 0;
    while (spentMs < turnMs) {
      const [first, ...rest] = waiting;
      if (first === undefined) return;
      waiting = rest;
      spend(first.run);
    }
  }

  return (work) =>
    new Promise((resolve, reject) => {
      const run = () => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      };
      if (waiting.length === 0 && spentMs < turnMs) spend(run);
      else waiting.push({ run, since: elapsed() });
    });
}
