/** The subjects that come with the benchmark: the yardsticks, and notifierd on SQLite. */
import { rmSync } from 'node:fs';
import { HELD, type Sections, type StartOptions, startNotifierd, writingTo } from './notifierd.ts';
import { startServer } from './start-server.ts';
import type { RunningSubject, Subject } from './subject.ts';
import type { Workshop } from './workshop.ts';

/** Those of most measures. */
export interface Subjects {
  /** node:http alone: parses, stores nothing. */
  readonly bareNode: Subject;
  /** Koa: parses, stores nothing. */
  readonly plainKoa: Subject;
  /** Koa with prom-client's default metrics. */
  readonly watchedKoa: Subject;
  /** Intake and commit; delivery is held up. */
  readonly committing: Subject;
  /** All of it: what is taken in is written to a file at the same time. */
  readonly endToEnd: Subject;
}

/** Makes a subject watch its event loop. */
export function probed(workshop: Workshop): StartOptions {
  return { nodeArgs: ['--import', workshop.yardstick('stall-probe')] };
}

/** Each start is a new process on an outbox of its own. */
export function createSubjects(workshop: Workshop, start: StartOptions = {}): Subjects {
  const { nodeArgs = [] } = start;
  const yardstick = (name: string, file: string, ...args: readonly string[]): Subject => ({
    name,
    start: async () => await startYardstick([...nodeArgs, workshop.yardstick(file), ...args]),
  });
  return {
    bareNode: yardstick('bare node:http', 'bare-node'),
    plainKoa: yardstick('plain Koa', 'plain-koa'),
    watchedKoa: yardstick('Koa with prom-client', 'plain-koa', '--metrics'),
    committing: onSqlite('notifierd, intake and commit', { workshop, config: HELD, start }),
    endToEnd: onSqlite('notifierd, end to end', { workshop, config: writingTo('messages.txt'), start }),
  };
}

/** A yardstick at work: `node ...args`. */
export async function startYardstick(args: readonly string[]): Promise<RunningSubject> {
  const { program, url, startupMs } = await startServer({
    args,
    address: /^listening (\S+)$/m,
    readyPath: '/',
  });
  return {
    urls: [`${url}/`],
    pids: [program.pid],
    metrics: [],
    startupMs,
    stdout: program.stdout,
    stop: async () => void (await program.stop()),
  };
}

/** notifierd with SQLite, in a folder that goes with each stop. */
export function onSqlite(
  name: string,
  {
    workshop,
    config,
    start: startOptions = {},
  }: { readonly workshop: Workshop; readonly config: Sections; readonly start?: StartOptions },
): Subject {
  return {
    name,
    async start() {
      const folder = workshop.folder(name);
      const running = await startNotifierd(workshop, { config, folder, start: startOptions });
      return {
        ...running,
        async stop() {
          await running.stop();
          rmSync(folder, { recursive: true });
        },
      };
    },
  };
}
