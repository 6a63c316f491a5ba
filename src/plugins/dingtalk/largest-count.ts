/** Finds how many events a message holds. Pure. */

/** Tried first: few enough that nothing is composed in vain, whatever waits. */
const FIRST_TRIAL = 16;

/**
 * A count up to `most` that fits while one more does not. Found by doubling, then halving, so that no more events are looked at than
 * about twice those that fit. More events may take less room (what they have in common is said once), so it need not be the only such
 * count.
 */
export function largestCount(most: number, fits: (count: number) => boolean): number {
  let good = 0;
  let tooMany = most + 1;
  while (tooMany - good > 1) {
    const middle = Math.floor((good + tooMany) / 2);
    const trial = Math.min(middle, Math.max(FIRST_TRIAL, 2 * good));
    if (fits(trial)) good = trial;
    else tooMany = trial;
  }
  return good;
}
