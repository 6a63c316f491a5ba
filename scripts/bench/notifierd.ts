/** notifierd as a subject: a build of it, as one process or as several replicas on one PostgreSQL. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StartedServer, startServer } from './start-server.ts';
import type { RunningSubject } from './subject.ts';
import type { Workshop } from './workshop.ts';

/** Sections of a configuration; `http` and `log` are filled in. */
export type Sections = Readonly<Record<string, unknown>>;

/** What to start. */
export interface NotifierdOrder {
  readonly config: Sections;
  /** Working directory: relative paths of the configuration begin here. */
  readonly folder: string;
  /** 1 unless told. */
  readonly replicas?: number;
  readonly start?: StartOptions;
}

/** How its process is started. */
export interface StartOptions {
  /** Arguments for Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The only sink of these configurations. */
export const SINK = 'ops';

/** A sink that can never deliver, so that only the intake is at work: its file is to be in a folder that does not exist. */
export const HELD: Sections = sinkOf({ plugin: 'console', file: 'nowhere/messages.txt' });

/** A sink that writes to this file, 500 events a message. */
export function writingTo(file: string): Sections {
  return sinkOf({ plugin: 'console', file });
}

/** A configuration with one sink of these keys. */
export function sinkOf(keys: Sections): Sections {
  return { sinks: { [SINK]: keys } };
}

/** Starts it; resolves when all replicas are ready. */
export async function startNotifierd(
  { main }: Pick<Workshop, 'main'>,
  { config, folder, replicas = 1, start: { nodeArgs = [], env = {} } = {} }: NotifierdOrder,
): Promise<RunningSubject> {
  const file = join(folder, 'notifierd.yaml');
  // JSON is YAML.
  const own = { http: { host: '127.0.0.1', port: 0 }, log: { format: 'json' } };
  writeFileSync(file, JSON.stringify({ ...config, ...own }));
  const servers: StartedServer[] = [];
  const stop = async (): Promise<void> =>
    void (await Promise.all(servers.map(({ program }) => program.stop())));
  try {
    while (servers.length < replicas) {
      servers.push(
        await startServer({
          args: [...nodeArgs, main, 'serve', '--config', file],
          cwd: folder,
          env,
          address: /"url":"(http:[^"]+)"[^\n]*"msg":"listening"/,
          readyPath: '/-/ready',
        }),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    urls: servers.map(({ url }) => `${url}/`),
    pids: servers.map(({ program }) => program.pid),
    metrics: servers.map(({ url }) => `${url}/metrics`),
    startupMs: Math.max(...servers.map(({ startupMs }) => startupMs)),
    stdout: () => servers.map(({ program }) => program.stdout()).join(''),
    stop,
  };
}
