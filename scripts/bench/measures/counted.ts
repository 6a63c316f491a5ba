/** How far a subject's counters went up over some time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { scrapeAll } from '../metrics.ts';
import { sumOf } from '../metrics-page.ts';
import type { RunningSubject } from '../subject.ts';

/** What was counted, and the last page. */
export interface Counted {
  readonly seconds: number;
  /** In the order of the counters' names. */
  readonly counts: readonly number[];
  readonly last: string;
}

/** How often it looks: each look costs the subject some milliseconds. */
const LOOKS = 12;

/** Counts for so many seconds, or until nothing waits in its lanes any more. */
export async function countOver(
  running: RunningSubject,
  counters: readonly string[],
  seconds: number,
): Promise<Counted> {
  const first = await scrapeAll(running);
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1_000;
  let last = first;
  while (passed() < seconds && waiting(last) > 0) {
    await sleep((seconds * 1_000) / LOOKS);
    last = await scrapeAll(running);
  }
  const took = passed();
  return { seconds: took, counts: counters.map((name) => read(last, name) - read(first, name)), last };
}

function waiting(page: string): number {
  return sumOf(page, 'notifierd_lane_waiting_events');
}

/** A counter may be named with a label: `attempts_total outcome="delivered"`. */
function read(page: string, counter: string): number {
  const [name = '', labels = ''] = counter.split(' ');
  return sumOf(page, name, labels);
}
