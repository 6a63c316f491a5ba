/** Durations as people read them in a message: the two largest units, rounded down. Pure. */

/** How long something lasted: `45s`, `3m 20s`, `2h`, `4d 1h`. Less than nothing counts as nothing. */
export function lastedText(ms: number): string {
  return unitsOf(ms)
    .map(({ count, unit }) => `${count}${unit}`)
    .join(' ');
}

/** How late something is: `45 s`, `12 min`, `3 h 5 min`, `4 d 1 h`. Seconds are told of less than a minute only. */
export function delayText(ms: number): string {
  const [first, second] = unitsOf(ms);
  const told = second === undefined || second.unit === 's' ? [first] : [first, second];
  return told.map(({ count, unit }) => `${count} ${unit === 'm' ? 'min' : unit}`).join(' ');
}

/** `2 to 12 min`, `45 s to 3 h 5 min`; one text if both read the same. */
export function delayRangeText(leastMs: number, mostMs: number): string {
  const [least, most] = [delayText(leastMs), delayText(mostMs)];
  if (least === most) return most;
  const [count, unit, ...more] = least.split(' ');
  const isSameUnit = more.length === 0 && /^\d+ \w+$/.test(most) && most.endsWith(` ${unit}`);
  return `${isSameUnit ? count : least} to ${most}`;
}

interface Amount {
  readonly count: number;
  readonly unit: 'd' | 'h' | 'm' | 's';
}

type Amounts = [largest: Amount] | [largest: Amount, next: Amount];

/** The largest unit that there is one of, and the next smaller one unless there is none of it. */
function unitsOf(ms: number): Amounts {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const amounts: Amount[] = [
    { count: Math.floor(seconds / 86_400), unit: 'd' },
    { count: Math.floor(seconds / 3600) % 24, unit: 'h' },
    { count: Math.floor(seconds / 60) % 60, unit: 'm' },
    { count: seconds % 60, unit: 's' },
  ];
  const largest = amounts.findIndex(({ count }) => count > 0);
  const [first, second] = largest === -1 ? [] : amounts.slice(largest);
  if (first === undefined) return [{ count: 0, unit: 's' }];
  return second === undefined || second.count === 0 ? [first] : [first, second];
}
