/** Back-off: pure. How long to wait after the nth failure in a row, with a random part so that lanes do not knock together. */

/** A growing wait: `firstMs` after the first failure, doubled each time, never more than `mostMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Between half and the whole of the grown wait. `random` is from 0 to 1; `failures` counts from 1. */
export function backoffMs({ firstMs, mostMs }: Backoff, failures: number, random: number): number {
  // 2^40 times anything is beyond every bound; the cap keeps the power finite.
  const grown = Math.min(mostMs, firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 40));
  return Math.round(grown * (0.5 + random / 2));
}
