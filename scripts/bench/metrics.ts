/** Reads a subject's metrics while it works. */
import { sumOf } from './metrics-page.ts';
import type { RunningSubject } from './subject.ts';

/** One scrape of one replica. */
export interface Scrape {
  readonly page: string;
  readonly ms: number;
}

/** Reads one page. Rejects unless it is answered 200. */
export async function scrape(url: string): Promise<Scrape> {
  const began = performance.now();
  const answer = await fetch(url);
  const page = await answer.text();
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  return { page, ms: performance.now() - began };
}

/** Reads the pages of all replicas as one: sumOf() adds over them. Empty for who has none. */
export async function scrapeAll({ metrics }: Pick<RunningSubject, 'metrics'>): Promise<string> {
  return (await Promise.all(metrics.map(scrape))).map(({ page }) => page).join('');
}

/** Events that wait. */
export async function waitingEvents(running: Pick<RunningSubject, 'metrics'>): Promise<number> {
  return sumOf(await scrapeAll({ metrics: running.metrics.slice(0, 1) }), 'notifierd_lane_waiting_events');
}
