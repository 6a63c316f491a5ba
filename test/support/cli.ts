/**
 * Runs notifierd's command line to its end, as a person would in a shell: for `check-config`, `render`, `--version`, and for
 * a `serve` that is expected to refuse its configuration.
 */
import { fileURLToPath } from 'node:url';
import { type Exit, exitWithin, startProgram } from './processes.ts';

/** What a finished command left. */
export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run it. */
export interface CliOptions {
  /** Longest it may run, in milliseconds; 30 s unless told. */
  readonly withinMs?: number;
  /** Given to its standard input, which is then ended. */
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The file that `notifierd` runs. */
export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs `notifierd ...args` with this process's Node, and waits for its end. Rejects with its output if that does not come. */
export async function runCli(
  args: readonly string[],
  { input = '', withinMs = 30_000, ...options }: CliOptions = {},
): Promise<Finished> {
  const program = await startProgram(process.execPath, [MAIN, ...args], options);
  program.write(input);
  program.endInput();
  const exit = await exitWithin(program, withinMs);
  return { ...exit, stdout: program.stdout(), stderr: program.stderr() };
}
