/**
 * Real processes for tests: started, listened to and ended by their own id, never by name. Whatever is still running when the
 * test process ends is killed with it.
 */
import { spawn } from 'node:child_process';
import { eventually, GaveUp } from './eventually.ts';

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that a test has started. */
export interface RunningProgram {
  /** The command line, for messages. */
  readonly command: string;
  readonly pid: number;
  /** Settles when it has ended and all it wrote has been read; never rejects. */
  readonly exited: Promise<Exit>;
  /** What it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** True until it has ended. */
  isRunning(): boolean;
  /** Writes to its standard input. */
  write(text: string): void;
  /** Ends its standard input. */
  endInput(): void;
  /** Sends the signal (SIGTERM unless told) and waits for the end. After 30 s kills it and rejects. Twice is fine. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** SIGKILL, and waits for the end. */
  kill9(): Promise<Exit>;
}

/** Where and how to start it. */
export interface ProgramOptions {
  /** Working directory. */
  readonly cwd?: string;
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Longest orderly stop. */
const STOP_WITHIN_MS = 30_000;

/** Starts a program with its output captured. Rejects if there is no such program. */
export async function startProgram(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: ProgramOptions = {},
): Promise<RunningProgram> {
  // NODE_TEST_CONTEXT would make a Node child take itself for a part of this test run.
  const environment = { ...process.env, NODE_TEST_CONTEXT: undefined, ...env };
  const child = spawn(command, args, { cwd, env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`cannot start ${command}: ${error.message}`)));
  });
  // Its input may be closed before we have written all: the exit says more than EPIPE does.
  child.stdin.on('error', () => undefined);

  const killWithUs = () => child.kill('SIGKILL');
  // First, so that directories of the test are removed (temp-dir.ts) when nobody writes to them any more.
  process.prependListener('exit', killWithUs);
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', killWithUs);
      resolve({ code, signal });
    });
  });

  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const program: RunningProgram = {
    command: [command, ...args].join(' '),
    // After the event `spawn` there is always a pid.
    pid: child.pid ?? 0,
    exited,
    stdout,
    stderr,
    isRunning,
    write: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
    async stop(signal = 'SIGTERM') {
      if (isRunning()) child.kill(signal);
      return exitWithin(program, STOP_WITHIN_MS);
    },
    async kill9() {
      if (isRunning()) child.kill('SIGKILL');
      return exited;
    },
  };
  return program;
}

/** Waits for its end. After `withinMs` kills it and rejects with its last lines. */
export async function exitWithin(program: RunningProgram, withinMs: number): Promise<Exit> {
  const exit = await within(withinMs, program.exited);
  if (exit !== undefined) return exit;
  await program.kill9();
  const output = lastLines(program.stderr() + program.stdout());
  throw new Error(`${program.command} had not ended after ${withinMs / 1_000} s\n${output}`);
}

/** Polls `url` until it answers 2xx. Rejects with the program's last lines if it ends or never gets there. */
export async function waitForAnswer(program: RunningProgram, url: string, withinMs = 30_000): Promise<void> {
  try {
    await eventually(`a 2xx answer of ${url}`, () => answers(program, url), { withinMs });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\n${lastLines(program.stderr() + program.stdout())}`, { cause: error });
  }
}

/** The end of an output, for failure messages. */
export function lastLines(output: string, count = 40): string {
  return output === '' ? '(it wrote nothing)' : output.trimEnd().split('\n').slice(-count).join('\n');
}

async function answers(program: RunningProgram, url: string): Promise<boolean> {
  if (!program.isRunning()) throw new GaveUp(`the process ended before ${url} answered`);
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return true;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: tooLate, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
