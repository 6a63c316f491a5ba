/**
 * notifierd as a real process: `node src/main.ts serve --config FILE`, on a free port unless the configuration names one, found
 * again by the line in which it says where it listens.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAIN } from './cli.ts';
import { eventually, GaveUp } from './eventually.ts';
import { type Exit, lastLines, type RunningProgram, startProgram, waitForAnswer } from './processes.ts';
import { createTempDir } from './temp-dir.ts';

/** A running daemon. */
export interface Daemon {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Its working directory: relative paths of the configuration begin here. */
  readonly dir: string;
  /** Settles when it has ended. */
  readonly exited: Promise<Exit>;
  /** What it logged so far (standard error). */
  logs(): string;
  /** What it printed so far: the console sink writes here. */
  stdout(): string;
  /** Waits until `/-/ready` answers 2xx. */
  waitReady(): Promise<void>;
  /** SIGTERM unless told, and waits for the end; rejects with its logs if it hangs. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** SIGKILL, and waits for the end. */
  kill9(): Promise<Exit>;
}

/** What to run. */
export interface DaemonOptions {
  /**
   * Sections of the configuration; `http.host`, `http.port` and `log.format` are filled in where they are missing. Or the path of
   * a file, used as it is.
   */
  readonly config: Readonly<Record<string, unknown>> | string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Lives by this clock (shared-clock.ts). */
  readonly clock?: { env(): Record<string, string> };
  /** Another Node binary; this process's unless told. */
  readonly node?: string;
  /** Working directory, kept; a temporary one, removed with this process, unless told. Name it to start again on the same outbox. */
  readonly dir?: string;
}

/** Starts a daemon; resolves once it listens. Rejects with its exit and its logs if it ends before. */
export async function startDaemon({ config, env, clock, node, dir: given }: DaemonOptions): Promise<Daemon> {
  const dir = given ?? createTempDir().path;
  const file = typeof config === 'string' ? config : writeConfig(dir, config);
  const program = await startProgram(node ?? process.execPath, [MAIN, 'serve', '--config', file], {
    cwd: dir,
    env: { ...env, ...clock?.env() },
  });
  const url = await findAddress(program);
  return {
    url,
    pid: program.pid,
    dir,
    exited: program.exited,
    logs: program.stderr,
    stdout: program.stdout,
    waitReady: () => waitForAnswer(program, `${url}/-/ready`),
    stop: program.stop,
    kill9: program.kill9,
  };
}

function writeConfig(dir: string, config: Readonly<Record<string, unknown>>): string {
  const file = join(dir, 'notifierd.yaml');
  const filled = {
    ...config,
    http: { host: '127.0.0.1', port: 0, ...section(config, 'http') },
    log: { format: 'json', ...section(config, 'log') },
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(filled, undefined, 2));
  return file;
}

function section(config: Readonly<Record<string, unknown>>, name: string): object {
  const value = config[name];
  return typeof value === 'object' && value !== null ? value : {};
}

async function findAddress(program: RunningProgram): Promise<string> {
  const look = () => {
    const url = listeningUrl(program.stderr());
    if (url === undefined && !program.isRunning()) throw new GaveUp('the daemon ended before it listened');
    return url;
  };
  try {
    return await eventually('the daemon says where it listens', look, { withinMs: 30_000 });
  } catch (error) {
    const { code, signal } = await program.kill9();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason} (exit ${code ?? signal})\n${lastLines(program.stderr())}`, { cause: error });
  }
}

/** The address in the log's line `listening`, JSON (`"url":"…"`) or text (`url=…`). */
function listeningUrl(logs: string): string | undefined {
  const whole = logs.slice(0, logs.lastIndexOf('\n') + 1);
  const line = whole.split('\n').find((text) => /\blistening\b/.test(text));
  return (
    line?.match(/\burl"?[=:]\s*"?(http:\/\/[^"\s]+?)\/?["\s]/)?.[1] ??
    line?.match(/\burl=(http:\/\/\S+)/)?.[1]
  );
}
