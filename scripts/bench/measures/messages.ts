/** Messages through the simulator, one event each, by one lane and by several, and the commits that they cost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimProcess } from '../../../test/support/sim-process.ts';
import type { Bench } from '../bench.ts';
import { atMost } from '../figures.ts';
import { fill } from '../fill.ts';
import { startNotifierd } from '../notifierd.ts';
import { robotName, sendingTo, simArgs } from '../robots.ts';
import { rotated } from '../statistics.ts';
import { type Counted, countOver } from './counted.ts';

const CASES = [
  { latencyMs: 0, lanes: 1 },
  { latencyMs: 0, lanes: 8 },
  { latencyMs: 150, lanes: 1 },
  { latencyMs: 150, lanes: 8 },
] as const;
type Case = (typeof CASES)[number];

const MOST_COMMITS = 3;
/** More than are sent in the time. */
const EVENTS_PER_SECOND = 4_000;
const COUNTERS = [
  'notifierd_attempts_total outcome="delivered"',
  'notifierd_outbox_commit_duration_seconds_count',
];

/** One round. */
export async function measureMessages(bench: Bench, round: number): Promise<void> {
  for (const each of rotated(CASES, round)) {
    bench.say(`round ${round + 1}: messages, ${settingOf(each)}`);
    addCounted(bench, each, await countMessages(bench, each));
  }
}

async function countMessages(bench: Bench, { latencyMs, lanes }: Case): Promise<Counted> {
  const { seconds, warmUpSeconds } = bench.effort;
  const robots = Array.from(
    { length: lanes },
    (_, index) => `name=${robotName(index)},token=${robotName(index)}`,
  );
  const sim = await startSimProcess({ robots, args: simArgs(latencyMs) });
  try {
    const config = sendingTo(sim.url, lanes);
    const running = await startNotifierd(bench.workshop, {
      config,
      folder: bench.workshop.folder('messages'),
    });
    try {
      await fill(bench, running, latencyMs === 0 ? EVENTS_PER_SECOND * (seconds + warmUpSeconds) : 1_000);
      await sleep(warmUpSeconds * 1_000);
      return await countOver(running, COUNTERS, seconds);
    } finally {
      await running.stop();
    }
  } finally {
    await sim.stop();
  }
}

function addCounted({ figures, remark }: Bench, each: Case, { seconds, counts }: Counted): void {
  const [messages = Number.NaN, commits = Number.NaN] = counts;
  const key = { measure: 'delivery', setting: settingOf(each), subject: 'notifierd, simulated DingTalk' };
  if (messages === 0) {
    remark(`messages, ${settingOf(each)}: all were sent before they could be counted`);
    return;
  }
  figures.add({ ...key, figure: 'messages sent', unit: '1/s' }, messages / seconds);
  figures.add(
    { ...key, figure: 'commits a message', unit: '', goal: atMost(MOST_COMMITS) },
    commits / messages,
  );
}

function settingOf({ latencyMs, lanes }: Case): string {
  return `${lanes === 1 ? '1 lane' : `${lanes} lanes`}, answers after ${latencyMs} ms`;
}
