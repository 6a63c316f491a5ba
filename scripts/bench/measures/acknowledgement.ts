/**
 * Durable acknowledgement: webhooks that are accepted and committed to disk, against servers that parse the same bytes and store nothing.
 * The ratios are those of one round, in which the subjects ran one after the other.
 */
import type { Bench } from '../bench.ts';
import { type CellResult, runCell } from '../cell.ts';
import { measureSync } from '../disk.ts';
import { atLeast, atMost, type Goal } from '../figures.ts';
import { rotated } from '../statistics.ts';
import type { Subject } from '../subject.ts';
import { createSubjects } from '../subjects.ts';
import { measureStalls } from './stalls.ts';

const MEASURE = 'acknowledgement';
/** Webhooks that commit, in percent of plain Koa's that store nothing, by the alerts in each. */
const LEAST_PERCENT: Readonly<Record<number, number>> = { 1: 85, 10: 75, 100: 60, 1000: 60 };
/** The 99th percentile less one fsync, over plain Koa's. */
const MOST_P99_RATIO = 3;
const MOST_STALL_MS = 50;

/** Throughput, latency, and how long the event loop stalls. */
export async function measureAcknowledgement(bench: Bench): Promise<void> {
  const { bareNode, plainKoa, committing, endToEnd } = createSubjects(bench.workshop);
  const ours = [committing, endToEnd];
  const subjects = [bareNode, plainKoa, ...ours, ...bench.others];
  for (let round = 0; round < bench.effort.rounds; round++) {
    const fsyncMs = measureDisk(bench);
    for (const alerts of bench.effort.alertCounts) {
      const results = new Map<Subject, CellResult>();
      for (const subject of rotated(subjects, round)) {
        bench.say(`round ${round + 1}: ${alerts} alerts to ${subject.name}`);
        const result = await runCell(bench, subject, { alerts, connections: bench.effort.connections });
        if (result.webhooks > 0) results.set(subject, result);
      }
      for (const subject of subjects) addRates(bench, subject, { alerts, result: results.get(subject) });
      for (const subject of [...ours, ...bench.others]) {
        const [own, koa] = [results.get(subject), results.get(plainKoa)];
        if (own === undefined || koa === undefined) continue;
        addComparison(bench, subject, { alerts, own, koa, fsyncMs, judged: subject === committing });
      }
    }
    await measureStalls(bench, round);
  }
}

function measureDisk({ workshop, effort, figures }: Bench): number {
  const { medianMs, p99Ms } = measureSync(workshop.path, effort.syncs);
  const key = { measure: MEASURE, setting: '4 kB', subject: 'this disk', unit: 'ms' };
  figures.add({ ...key, figure: 'write and fdatasync, median' }, medianMs);
  figures.add({ ...key, figure: 'write and fdatasync, 99th percentile' }, p99Ms);
  return medianMs;
}

function addRates(
  { figures }: Bench,
  subject: Subject,
  { alerts, result }: { readonly alerts: number; readonly result: CellResult | undefined },
): void {
  if (result === undefined) return;
  const { webhooks, seconds, latencyMs, stallMs, subjectCpuSeconds } = result;
  const add = (figure: string, unit: string, value: number, goal?: Goal): void => {
    if (Number.isNaN(value)) return;
    const key = { measure: MEASURE, setting: settingOf(alerts), figure, subject: subject.name, unit };
    figures.add({ ...key, ...(goal === undefined ? {} : { goal }) }, value);
  };
  add('webhooks answered', '1/s', webhooks / seconds);
  if (alerts > 1) add('events answered', '1/s', (webhooks * alerts) / seconds);
  add('time to the answer, median', 'ms', latencyMs.median);
  add('time to the answer, 99th percentile', 'ms', latencyMs.p99);
  add('time to the answer, longest', 'ms', latencyMs.longest);
  add('longest stall of the event loop', 'ms', stallMs, atMost(MOST_STALL_MS));
  add('CPU for 1,000 webhooks', 's', (subjectCpuSeconds / webhooks) * 1_000);
}

interface Comparison {
  readonly alerts: number;
  readonly own: CellResult;
  readonly koa: CellResult;
  readonly fsyncMs: number;
  /** Whether the goals are this subject's. */
  readonly judged: boolean;
}

function addComparison(
  { figures }: Bench,
  { name: subject }: Subject,
  { alerts, own, koa, fsyncMs, judged }: Comparison,
): void {
  const key = { measure: MEASURE, setting: settingOf(alerts), subject };
  const least = LEAST_PERCENT[alerts];
  figures.add(
    {
      ...key,
      figure: "webhooks answered, of plain Koa's",
      unit: '%',
      ...(judged && least !== undefined ? { goal: atLeast(least) } : {}),
    },
    (own.webhooks / own.seconds / (koa.webhooks / koa.seconds)) * 100,
  );
  figures.add(
    {
      ...key,
      figure: "99th percentile less one fsync, over plain Koa's",
      unit: 'times',
      ...(judged ? { goal: atMost(MOST_P99_RATIO) } : {}),
    },
    Math.max(0, own.latencyMs.p99 - fsyncMs) / koa.latencyMs.p99,
  );
}

function settingOf(alerts: number): string {
  return alerts === 1 ? '1 alert' : `${alerts.toLocaleString('en-US')} alerts`;
}
