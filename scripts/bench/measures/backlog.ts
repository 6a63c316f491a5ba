/** A backlog that drains while it still grows: events through a console sink that writes to a file, 500 a message. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { noteWrong } from '../cell.ts';
import { atLeast } from '../figures.ts';
import { fill } from '../fill.ts';
import { runLoad } from '../load.ts';
import { scrapeAll } from '../metrics.ts';
import { sumOf } from '../metrics-page.ts';
import { startNotifierd, writingTo } from '../notifierd.ts';
import type { RunningSubject } from '../subject.ts';
import { type Counted, countOver } from './counted.ts';

const ALERTS = 100;
/** A backlog that is gone is delivered as fast as it comes, give or take what is on its way at both ends of the measured time. */
const LEAST_PERCENT = 99;
const COUNTERS = ['notifierd_events_queued_total', 'notifierd_events_delivered_total'];

/** One round. */
export async function measureBacklog(bench: Bench, round: number): Promise<void> {
  bench.say(`round ${round + 1}: a backlog through console to a file`);
  const folder = bench.workshop.folder('backlog');
  const config = writingTo('out/messages.txt');
  const start = async () => await startNotifierd(bench.workshop, { config, folder });
  try {
    // Without its folder the sink delivers nothing.
    const before = await start();
    await fill(bench, before, bench.effort.backlog).finally(before.stop);
    mkdirSync(join(folder, 'out'));
    const running = await start();
    try {
      addGrowing(bench, await whileGrowing(bench, running));
      addDraining(bench, await countOver(running, COUNTERS, bench.effort.seconds));
    } finally {
      await running.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function whileGrowing(bench: Bench, running: RunningSubject): Promise<Counted> {
  const { seconds, warmUpSeconds, connections } = bench.effort;
  const order = { urls: running.urls, connections, alerts: ALERTS, warmUpSeconds, until: { seconds } };
  const read = async () => ({ page: await scrapeAll(running), at: performance.now() });
  let first = { page: '', at: 0 };
  const result = await runLoad(order, async () => {
    first = await read();
  });
  const last = await read();
  noteWrong(bench, 'notifierd, draining a backlog', result);
  return {
    seconds: (last.at - first.at) / 1_000,
    counts: COUNTERS.map((name) => sumOf(last.page, name) - sumOf(first.page, name)),
    last: last.page,
  };
}

function addGrowing({ figures, effort }: Bench, { seconds, counts, last }: Counted): void {
  const [queued = Number.NaN, delivered = Number.NaN] = counts;
  const setting = `${effort.backlog.toLocaleString('en-US')} waiting, then ${ALERTS} alerts × ${effort.connections} connections`;
  const key = { measure: 'delivery', setting, subject: 'notifierd, console to a file' };
  figures.add({ ...key, figure: 'events taken in', unit: '1/s' }, queued / seconds);
  figures.add({ ...key, figure: 'events delivered at the same time', unit: '1/s' }, delivered / seconds);
  const goal = atLeast(LEAST_PERCENT);
  figures.add(
    { ...key, figure: 'delivered, of those taken in', unit: '%', goal },
    (delivered / queued) * 100,
  );
  figures.add(
    { ...key, figure: 'events waiting in the end', unit: '' },
    sumOf(last, 'notifierd_lane_waiting_events'),
  );
}

function addDraining({ figures }: Bench, { seconds, counts }: Counted): void {
  const [, delivered = 0] = counts;
  // The backlog may be gone by then.
  if (delivered === 0) return;
  const key = {
    measure: 'delivery',
    setting: 'nothing comes any more',
    subject: 'notifierd, console to a file',
  };
  figures.add({ ...key, figure: 'events delivered', unit: '1/s' }, delivered / seconds);
}
