/**
 * Scale: outboxes with 1,000, 100,000 and 1,000,000 waiting events and as many delivered ones, all of which came in by the real intake.
 * What an event then costs, and what a daemon costs that starts on such an outbox and idles.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../../../test/support/processes.ts';
import type { Bench } from '../bench.ts';
import { atMost, type Goal } from '../figures.ts';
import { fill, untilDrained } from '../fill.ts';
import { scrape } from '../metrics.ts';
import { HELD, type Sections, SINK, startNotifierd, writingTo } from '../notifierd.ts';
import type { OutboxCost } from '../outbox-cost.ts';
import { residentMb } from '../proc.ts';
import { median, rotated } from '../statistics.ts';
import type { RunningSubject } from '../subject.ts';

const MEASURE = 'scale';
const COST = fileURLToPath(new URL('../outbox-cost.ts', import.meta.url));
/** Of the cost in the smallest outbox. */
const MOST_COST_PERCENT = 120;
const MOST_MEMORY_OVER_IDLE_MB = 60;
const MOST_SCRAPE_MS = 50;
const MOST_STARTUP_MS = 2_000;

/** An outbox by its size; 0 for the empty one, which is the yardstick of memory. */
interface Filled {
  readonly events: number;
  readonly folder: string;
  /** Resident memory of the daemon that took them in, when it had idled. */
  readonly takenInMb: number;
}

/** Fills all outboxes, then measures them in rounds. */
export async function measureScale(bench: Bench): Promise<void> {
  const empty = { events: 0, folder: bench.workshop.folder('empty'), takenInMb: 0 };
  const filled: Filled[] = [];
  for (const events of bench.effort.outboxSizes) {
    filled.push(await fillOutbox(bench, events));
  }
  for (let round = 0; round < bench.effort.rounds; round++) {
    await measureCosts(bench, filled, round);
    bench.say(`round ${round + 1}: start, memory and scrapes on each outbox`);
    await measureIdle(bench, rotated([empty, ...filled], round), empty);
  }
}

async function fillOutbox(bench: Bench, events: number): Promise<Filled> {
  const folder = bench.workshop.folder(`outbox of ${events}`);
  const during = async <T>(config: Sections, act: (running: RunningSubject) => Promise<T>): Promise<T> => {
    const running = await startNotifierd(bench.workshop, { config, folder });
    try {
      await fill(bench, running, events);
      return await act(running);
    } finally {
      await running.stop();
    }
  };
  bench.say(`filling an outbox: ${events} delivered events`);
  await during(writingTo('/dev/null'), untilDrained);
  bench.say(`filling an outbox: ${events} waiting events`);
  const takenInMb = await during(HELD, async ({ pids: [pid = 0] }) => {
    await sleep(bench.effort.idleSeconds * 1_000);
    return residentMb(pid);
  });
  return { events, folder, takenInMb };
}

async function measureCosts(bench: Bench, outboxes: readonly Filled[], round: number): Promise<void> {
  const costs = new Map<number, OutboxCost>();
  for (const { events, folder } of rotated(outboxes, round)) {
    bench.say(`round ${round + 1}: cost of an event among ${events}`);
    costs.set(events, await costIn(folder));
  }
  const smallest = costs.get(Math.min(...costs.keys()));
  for (const [events, { appendUs, drainUs }] of [...costs].sort(([one], [other]) => one - other)) {
    add(bench, { events, figure: 'append, an event', unit: 'µs', value: appendUs });
    add(bench, { events, figure: 'view, page, seal and settle, an event', unit: 'µs', value: drainUs });
    if (smallest === undefined || costs.get(events) === smallest) continue;
    const share = { unit: '%', goal: atMost(MOST_COST_PERCENT) };
    const [append, drain] = [(appendUs / smallest.appendUs) * 100, (drainUs / smallest.drainUs) * 100];
    add(bench, { events, figure: 'append, of the cost in the smallest', ...share, value: append });
    add(bench, { events, figure: 'view to settle, of the cost in the smallest', ...share, value: drain });
  }
}

async function costIn(folder: string): Promise<OutboxCost> {
  const program = await startProgram(process.execPath, [COST, 'data/notifierd.db', SINK], { cwd: folder });
  const { code } = await program.exited;
  if (code !== 0) throw new Error(`the cost in an outbox cannot be measured:\n${program.stderr()}`);
  // outbox-cost.ts writes it.
  return JSON.parse(program.stdout()) as OutboxCost;
}

/** They start one after the other, timed, and idle side by side. */
async function measureIdle(bench: Bench, outboxes: readonly Filled[], empty: Filled): Promise<void> {
  const running = new Map<Filled, RunningSubject>();
  try {
    for (const outbox of outboxes) {
      const { folder } = outbox;
      running.set(outbox, await startNotifierd(bench.workshop, { config: HELD, folder }));
    }
    await sleep(bench.effort.idleSeconds * 1_000);
    const memory = new Map(
      [...running].map(
        ([
          outbox,
          {
            pids: [pid = 0],
          },
        ]) => [outbox, residentMb(pid)],
      ),
    );
    for (const [outbox, daemon] of [...running].sort(([one], [other]) => one.events - other.events)) {
      const { events } = outbox;
      const own = memory.get(outbox) ?? Number.NaN;
      const { startupMs } = daemon;
      add(bench, {
        events,
        figure: 'from start to ready',
        unit: 'ms',
        value: startupMs,
        goal: atMost(MOST_STARTUP_MS),
      });
      add(bench, { events, figure: 'idle memory', unit: 'MB', value: own });
      if (outbox !== empty) {
        const value = own - (memory.get(empty) ?? Number.NaN);
        const goal = atMost(MOST_MEMORY_OVER_IDLE_MB);
        add(bench, { events, figure: 'idle memory, over that on an empty outbox', unit: 'MB', value, goal });
        const overMb = outbox.takenInMb - (memory.get(empty) ?? Number.NaN);
        const figure = `the same of the daemon that took them in, after ${bench.effort.idleSeconds} s`;
        add(bench, { events, figure, unit: 'MB', value: overMb, goal });
      }
      await measureScrapes(bench, daemon, events);
    }
  } finally {
    for (const { stop } of running.values()) await stop();
  }
}

async function measureScrapes(bench: Bench, { metrics }: RunningSubject, events: number): Promise<void> {
  const took: number[] = [];
  for (let count = 0; count < bench.effort.scrapes; count++) took.push((await scrape(metrics[0] ?? '')).ms);
  const goal = atMost(MOST_SCRAPE_MS);
  add(bench, { events, figure: 'a scrape, median', unit: 'ms', value: median(took), goal });
  add(bench, { events, figure: 'a scrape, slowest', unit: 'ms', value: Math.max(...took) });
}

interface Measured {
  readonly events: number;
  readonly figure: string;
  readonly unit: string;
  readonly value: number;
  readonly goal?: Goal;
}

function add({ figures }: Bench, { events, value, ...rest }: Measured): void {
  const setting =
    events === 0 ? 'an empty outbox' : `${events.toLocaleString('en-US')} waiting, as many delivered`;
  figures.add({ measure: MEASURE, setting, subject: 'notifierd, SQLite', ...rest }, value);
}
