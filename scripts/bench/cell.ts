/** One subject under one load: started, warmed up, measured, checked, stopped. */
import type { Bench } from './bench.ts';
import { runLoad } from './load.ts';
import type { LoadResult } from './load-order.ts';
import { scrapeAll } from './metrics.ts';
import { sumOf } from './metrics-page.ts';
import { cpuSeconds } from './proc.ts';
import type { RunningSubject, Subject } from './subject.ts';

/** What came of it. */
export interface CellResult extends LoadResult {
  /** CPU that the subject used while it was measured; NaN if nobody here started it. */
  readonly subjectCpuSeconds: number;
  /** Longest stall of its event loop by its own metrics; NaN if it has none, or several replicas. */
  readonly stallMs: number;
}

/** The load. */
export interface CellLoad {
  readonly alerts: number;
  readonly connections: number;
}

/** From here on the driver, not the subject, may be what limits. */
const BUSY_DRIVER = 0.95;
/** Node's timer of nodejs_eventloop_lag_*: it counts its own interval in. */
const LAG_INTERVAL_MS = 10;

/** Runs it. Tells the bench what was answered wrongly, and events that were answered 200 and are not in the outbox. */
export async function runCell(bench: Bench, subject: Subject, load: CellLoad): Promise<CellResult> {
  const running = await subject.start();
  try {
    return await loadOn(bench, running, { ...load, name: subject.name });
  } finally {
    await running.stop();
  }
}

/** The same with a subject that runs; it must be new. */
export async function loadOn(
  bench: Bench,
  running: RunningSubject,
  { alerts, connections, name }: CellLoad & { readonly name: string },
): Promise<CellResult> {
  const { seconds, warmUpSeconds } = bench.effort;
  let cpuBefore = 0;
  const result = await runLoad(
    { urls: running.urls, connections, alerts, warmUpSeconds, until: { seconds } },
    async () => {
      cpuBefore = cpuOf(running);
      // The reading of the longest stall begins anew with each scrape.
      await scrapeAll(running);
    },
  );
  const subjectCpuSeconds = cpuOf(running) - cpuBefore;
  const page = await scrapeAll(running);
  noteWrong(bench, `${name}, ${alerts} alerts`, result);
  noteMissing(bench, page, { name, expected: result.posted * alerts });
  if (result.driverCpuSeconds / result.seconds > BUSY_DRIVER)
    bench.remark(`${name}, ${alerts} alerts: the driver was as busy as the subject, which may take more`);
  return { ...result, subjectCpuSeconds, stallMs: running.metrics.length === 1 ? stallMs(page) : Number.NaN };
}

/** Tells the bench of all that was not answered 200. */
export function noteWrong(bench: Pick<Bench, 'wrong'>, who: string, { wrong, examples }: LoadResult): void {
  if (wrong > 0)
    bench.wrong(`${who}: ${wrong} posts were not answered 200, such as: ${examples.join(' | ')}`);
}

/** Every event of every webhook answered 200 must have been queued: none was taken for a copy, none was lost. */
function noteMissing(
  bench: Pick<Bench, 'wrong'>,
  page: string,
  { name, expected }: { readonly name: string; readonly expected: number },
): void {
  const queued = sumOf(page, 'notifierd_events_queued_total');
  if (page === '' || queued === expected) return;
  bench.wrong(`${name}: ${expected} events were answered 200, but ${queued} were queued`);
}

function cpuOf({ pids }: RunningSubject): number {
  return pids.length === 0 ? Number.NaN : pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}

function stallMs(page: string): number {
  return Math.max(0, sumOf(page, 'nodejs_eventloop_lag_max_seconds') * 1_000 - LAG_INTERVAL_MS);
}
