/**
 * One run of a PostgreSQL server: the postmaster and the processes that it forks, from its start to its end. It ends with the test
 * process, as the programs of ../processes.ts do; that file cannot start it, because a server must not be root's.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, GaveUp } from '../eventually.ts';
import { type Exit, lastLines } from '../processes.ts';
import { signal, stillRunning } from './children.ts';
import { type Frozen, freeze } from './freezer.ts';
import type { Account, Installation } from './installation.ts';

/** `fast`: connections are ended and all is written. `immediate`: as after a crash, the next start recovers. */
export type StopMode = 'fast' | 'immediate';

/** A running server. */
export interface Postmaster {
  readonly pid: number;
  isRunning(): boolean;
  /** Ends it and waits. After 30 s kills it and rejects. A paused one runs on first. */
  stop(mode: StopMode): Promise<Exit>;
  /** SIGKILL to all of its processes, and waits for their end. */
  kill9(): Promise<Exit>;
  /** SIGSTOP to all of its processes; twice is fine. */
  pause(): void;
  /** SIGCONT to all of them; no harm if it was not paused. */
  resume(): void;
}

/** What to run. */
export interface PostmasterOptions {
  readonly installation: Installation;
  readonly account: Account;
  /** PGDATA. */
  readonly clusterFolder: string;
  readonly logFile: string;
  /** False: the test process may end while it runs, and ends it then. */
  readonly holdsTestProcess: boolean;
}

/** https://www.postgresql.org/docs/current/server-shutdown.html */
const STOP_SIGNALS: Readonly<Record<StopMode, NodeJS.Signals>> = { fast: 'SIGINT', immediate: 'SIGQUIT' };
const STOP_WITHIN_MS = 30_000;
/** PostgreSQL itself kills after 5 s what an immediate stop has not ended. */
const STOP_AT_EXIT_WITHIN_MS = 8_000;
const LOOK_EVERY_MS = 5;

/** Starts one; resolves when it takes connections. Rejects with its log if it does not get there. */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const child = spawnServer(options);
  const postmaster = createPostmaster(child);
  try {
    await eventually('PostgreSQL is ready', () => isReady(child, options.clusterFolder), {
      withinMs: 60_000,
      everyMs: LOOK_EVERY_MS,
    });
    return postmaster;
  } catch (error) {
    await postmaster.kill9().catch(() => undefined);
    const log = lastLines(readFileSync(options.logFile, 'utf8'));
    throw new Error(`PostgreSQL does not start:\n${log}`, { cause: error });
  }
}

function spawnServer(options: PostmasterOptions): ChildProcess {
  const log = openSync(options.logFile, 'a');
  try {
    const program = join(options.installation.folder, 'postgres');
    const child = spawn(program, ['-D', options.clusterFolder], {
      ...options.account,
      cwd: options.clusterFolder,
      // Into a file: a pipe would hold the server up whenever the test process is busy.
      stdio: ['ignore', log, log],
    });
    if (!options.holdsTestProcess) child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** The last line of postmaster.pid, by which pg_ctl tells it too (its first is the pid, so that an older file is not believed). */
function isReady(child: ChildProcess, clusterFolder: string): boolean {
  if (child.exitCode !== null || child.signalCode !== null) throw new GaveUp('it ended');
  const lines = readFileSync(join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n');
  return Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready';
}

function createPostmaster(child: ChildProcess): Postmaster {
  const pid = child.pid ?? 0;
  let frozen: Frozen | undefined;
  const isRunning = () => pid !== 0 && child.exitCode === null && child.signalCode === null;
  const endWithUs = () => endAtOnce(pid, frozen);
  // First, so that directories of the test are removed (temp-dir.ts) when nobody writes to them any more.
  process.prependListener('exit', endWithUs);
  const exited = exitOf(child).finally(() => process.off('exit', endWithUs));
  // Whoever waits for it learns of the error; nobody may be waiting yet.
  exited.catch(() => undefined);
  const postmaster: Postmaster = {
    pid,
    isRunning,
    async stop(mode) {
      postmaster.resume();
      if (isRunning()) child.kill(STOP_SIGNALS[mode]);
      return endWithin(exited, postmaster);
    },
    async kill9() {
      if (!isRunning()) return exited;
      postmaster.pause();
      const pids = frozen?.pids ?? [];
      for (const each of pids) signal(each, 'SIGKILL');
      postmaster.resume();
      const exit = await exited;
      // Its next run would find their shared memory in use.
      await eventually('all of its processes ended', () => stillRunning(pids).length === 0, {
        everyMs: LOOK_EVERY_MS,
      });
      return exit;
    },
    pause() {
      if (isRunning()) frozen ??= freeze(pid);
    },
    resume() {
      frozen?.thaw();
      frozen = undefined;
    },
  };
  return postmaster;
}

/** Rejects only if it could not be started at all. */
function exitOf(child: ChildProcess): Promise<Exit> {
  const { promise, resolve, reject } = Promise.withResolvers<Exit>();
  child.once('exit', (code, signalName) => resolve({ code, signal: signalName }));
  child.once('error', reject);
  return promise;
}

/** While the test process ends nothing can be awaited any more: it stands still until the server is gone. */
function endAtOnce(pid: number, frozen: Frozen | undefined): void {
  if (pid === 0) return;
  signal(pid, 'SIGQUIT');
  frozen?.thaw();
  const nobodyWakesThis = new Int32Array(new SharedArrayBuffer(4));
  const deadline = performance.now() + STOP_AT_EXIT_WITHIN_MS;
  while (stillRunning([pid]).length > 0 && performance.now() < deadline) {
    Atomics.wait(nobodyWakesThis, 0, 0, LOOK_EVERY_MS);
  }
}

async function endWithin(exited: Promise<Exit>, postmaster: Postmaster): Promise<Exit> {
  const { promise: tooLate, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, STOP_WITHIN_MS, undefined);
  try {
    const exit = await Promise.race([exited, tooLate]);
    if (exit !== undefined) return exit;
  } finally {
    clearTimeout(timer);
  }
  await postmaster.kill9();
  throw new Error(`PostgreSQL had not ended after ${STOP_WITHIN_MS / 1_000} s and was killed`);
}
