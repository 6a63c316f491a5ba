/**
 * How long the event loop stalls under load, with a backlog waiting and a scrape every 100 ms. Watched from within (stall-probe.ts),
 * because a service's own reading misses the turn in which it is scraped. Plain Koa under the same load is the yardstick: parsing
 * a large body stalls everybody.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../../test/support/eventually.ts';
import type { Bench } from '../bench.ts';
import { noteWrong } from '../cell.ts';
import { atMost } from '../figures.ts';
import { fill } from '../fill.ts';
import { runLoad } from '../load.ts';
import { scrape } from '../metrics.ts';
import { median, rotated } from '../statistics.ts';
import type { RunningSubject, Subject } from '../subject.ts';
import { createSubjects, probed } from '../subjects.ts';

const MEASURE = 'acknowledgement';
const MOST_STALL_MS = 50;
const SCRAPE_EVERY_MS = 100;
/** Large ones stall by being parsed; small ones by their number. */
const ALERT_COUNTS = [1, 100, 1_000];
/** What a slow disk needs for each fsync, over what the machine's needs. */
const SLOW_SYNC_MS = 20;

/** One round. */
export async function measureStalls(bench: Bench, round: number): Promise<void> {
  const { workshop, effort } = bench;
  const { plainKoa, committing } = createSubjects(workshop, probed(workshop));
  const subjects = [plainKoa, committing];
  const env = workshop.slowDisk(SLOW_SYNC_MS);
  if (env === undefined) bench.remark('a slow disk was not measured: there is no C compiler (cc)');
  else subjects.push(onSlowDisk(createSubjects(workshop, { ...probed(workshop), env }).committing));
  for (const alerts of effort.alertCounts.filter((count) => ALERT_COUNTS.includes(count))) {
    for (const subject of rotated(subjects, round)) {
      bench.say(`round ${round + 1}: stalls of ${subject.name}, ${alerts} alerts`);
      await measureOne(bench, subject, { alerts, backlog: subject === plainKoa ? 0 : effort.backlog });
    }
  }
}

function onSlowDisk(subject: Subject): Subject {
  return { ...subject, name: `${subject.name}, every fsync ${SLOW_SYNC_MS} ms longer` };
}

async function measureOne(
  bench: Bench,
  subject: Subject,
  { alerts, backlog }: { readonly alerts: number; readonly backlog: number },
): Promise<void> {
  const { seconds, warmUpSeconds, connections } = bench.effort;
  const running = await subject.start();
  const over = new AbortController();
  let scraping: Promise<readonly number[]> = Promise.resolve([]);
  try {
    if (backlog > 0) await fill(bench, running, backlog);
    const result = await runLoad(
      { urls: running.urls, connections, alerts, warmUpSeconds, until: { seconds } },
      async () => {
        await readStall(running);
        scraping = scrapeUntil(over.signal, running);
      },
    );
    over.abort();
    noteWrong(bench, `${subject.name}, watched`, result);
    const took = await scraping;
    const setting = `${alerts === 1 ? '1 alert' : `${alerts.toLocaleString('en-US')} alerts`}, watched`;
    const key = { measure: MEASURE, setting, subject: subject.name, unit: 'ms' };
    const rate = { ...key, figure: 'webhooks answered', unit: '1/s' };
    bench.figures.add(rate, result.webhooks / result.seconds);
    bench.figures.add({ ...key, figure: 'time to the answer, 99th percentile' }, result.latencyMs.p99);
    const goal = backlog > 0 ? { goal: atMost(MOST_STALL_MS) } : {};
    bench.figures.add({ ...key, figure: figureOf(backlog), ...goal }, await readStall(running));
    if (took.length > 0) bench.figures.add({ ...key, figure: 'a scrape under load, median' }, median(took));
  } finally {
    over.abort();
    await scraping;
    await running.stop();
  }
}

function figureOf(backlog: number): string {
  if (backlog === 0) return 'longest stall of the event loop';
  const waiting = backlog.toLocaleString('en-US');
  return `longest stall of the event loop, ${waiting} events waiting and a scrape every ${SCRAPE_EVERY_MS} ms`;
}

/** How long each scrape took, in milliseconds. None of who has no metrics. */
async function scrapeUntil(over: AbortSignal, { metrics }: RunningSubject): Promise<readonly number[]> {
  const took: number[] = [];
  const [page] = metrics;
  while (page !== undefined && !over.aborted) {
    took.push((await scrape(page)).ms);
    // An abort is the expected end.
    await sleep(SCRAPE_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
  }
  return took;
}

/** The longest stall since the last reading, in milliseconds. */
async function readStall({ pids, stdout }: RunningSubject): Promise<number> {
  const readings = () => [...stdout().matchAll(/^stall (\S+)$/gm)];
  const before = readings().length;
  for (const pid of pids) process.kill(pid, 'SIGUSR2');
  const reading = await eventually('the probe tells the stall', () => readings()[before], { everyMs: 5 });
  return Number(reading[1]);
}
