/** What a process costs that has nothing to do, how fast it is there, and what CPU it needs for a webhook of one alert. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { runCell } from '../cell.ts';
import { atMost } from '../figures.ts';
import { residentMb } from '../proc.ts';
import { rotated } from '../statistics.ts';
import type { RunningSubject, Subject } from '../subject.ts';
import { createSubjects } from '../subjects.ts';

const MEASURE = 'footprint';
/** Idle resident memory, over that of Koa with prom-client. */
const MOST_MEMORY_RATIO = 1.3;
/** The least that comparable tools in Go need, without storing anything. */
const MOST_CPU_SECONDS = 0.6;

/** Memory, start-up, CPU. */
export async function measureFootprint(bench: Bench): Promise<void> {
  const { bareNode, plainKoa, watchedKoa, endToEnd } = createSubjects(bench.workshop);
  for (let round = 0; round < bench.effort.rounds; round++) {
    bench.say(`round ${round + 1}: idle memory`);
    await measureIdle(bench, rotated([bareNode, watchedKoa, endToEnd], round), { watchedKoa, endToEnd });
    for (const subject of rotated([plainKoa, endToEnd], round)) {
      bench.say(`round ${round + 1}: CPU of ${subject.name}`);
      await measureCpu(bench, subject, subject === endToEnd);
    }
  }
}

interface Compared {
  readonly watchedKoa: Subject;
  readonly endToEnd: Subject;
}

/** They start one after the other and idle side by side: who idles disturbs nobody. */
async function measureIdle(
  bench: Bench,
  subjects: readonly Subject[],
  { watchedKoa, endToEnd }: Compared,
): Promise<void> {
  const running = new Map<Subject, RunningSubject>();
  try {
    for (const subject of subjects) running.set(subject, await subject.start());
    await sleep(bench.effort.idleSeconds * 1_000);
    const memory = new Map<Subject, number>();
    for (const [subject, { pids, startupMs }] of running) {
      const [pid = 0] = pids;
      memory.set(subject, residentMb(pid));
      const key = { measure: MEASURE, setting: '', subject: subject.name };
      bench.figures.add({ ...key, figure: 'from start to ready', unit: 'ms' }, startupMs);
      bench.figures.add(
        { ...key, figure: `memory after ${bench.effort.idleSeconds} s idle`, unit: 'MB' },
        residentMb(pid),
      );
    }
    bench.figures.add(
      {
        measure: MEASURE,
        setting: '',
        figure: 'idle memory, over that of Koa with prom-client',
        subject: endToEnd.name,
        unit: 'times',
        goal: atMost(MOST_MEMORY_RATIO),
      },
      (memory.get(endToEnd) ?? Number.NaN) / (memory.get(watchedKoa) ?? Number.NaN),
    );
  } finally {
    for (const { stop } of running.values()) await stop();
  }
}

async function measureCpu(bench: Bench, subject: Subject, judged: boolean): Promise<void> {
  const { subjectCpuSeconds, webhooks } = await runCell(bench, subject, {
    alerts: 1,
    connections: bench.effort.connections,
  });
  bench.figures.add(
    {
      measure: MEASURE,
      setting: '1 alert',
      figure: 'CPU for 1,000 webhooks',
      subject: subject.name,
      unit: 's',
      ...(judged ? { goal: atMost(MOST_CPU_SECONDS) } : {}),
    },
    (subjectCpuSeconds / webhooks) * 1_000,
  );
}
