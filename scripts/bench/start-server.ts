/** Starts a server as a process and finds out when it is ready, to within some milliseconds. */
import { eventually, GaveUp } from '../../test/support/eventually.ts';
import {
  lastLines,
  type ProgramOptions,
  type RunningProgram,
  startProgram,
} from '../../test/support/processes.ts';

/** A server that answers. */
export interface StartedServer {
  readonly program: RunningProgram;
  /** As it said itself, without a slash at the end. */
  readonly url: string;
  readonly startupMs: number;
}

/** What to start. */
export interface ServerOrder extends ProgramOptions {
  /** Arguments of Node. */
  readonly args: readonly string[];
  /** Finds the address in what the server has written (standard output and error). */
  readonly address: RegExp;
  /** Answers 2xx when it is ready. */
  readonly readyPath: string;
}

const LOOK_EVERY_MS = 3;

/** Resolves once it is ready. Rejects with what it wrote if it never is. */
export async function startServer({
  args,
  address,
  readyPath,
  ...options
}: ServerOrder): Promise<StartedServer> {
  const began = performance.now();
  const program = await startProgram(process.execPath, args, options);
  const output = () => program.stdout() + program.stderr();
  try {
    const url = await look('it listens', program, () => address.exec(output())?.[1]);
    await look('it is ready', program, async () => (await answers(`${url}${readyPath}`)) || undefined);
    return { program, url, startupMs: performance.now() - began };
  } catch (error) {
    await program.kill9();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${program.command}: ${reason}\n${lastLines(output())}`, { cause: error });
  }
}

async function look<T>(what: string, program: RunningProgram, see: () => T | Promise<T>) {
  const seeAlive = () => {
    if (!program.isRunning()) throw new GaveUp('it ended');
    return see();
  };
  return await eventually(what, seeAlive, { everyMs: LOOK_EVERY_MS });
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  return answer.ok;
}
