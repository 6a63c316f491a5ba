/** What every command has in common: what it is given of the process, and how it ends. */

/** The process as commands see it; main.ts fills it in. */
export interface Process {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Writes to standard output; nothing, once nobody reads it any more. */
  print(text: string): void;
  /** Whether anybody may still read standard output: a list may end when nobody does. */
  isRead(): boolean;
  /** Writes to standard error. */
  complain(text: string): void;
  /** Resolves at the first SIGTERM or SIGINT. */
  readonly asked: Promise<string>;
}

/** A command: its words, its help, and what it does. Answers the exit code. */
export interface Command {
  /** As shown in the help: `check-config FILE`. */
  readonly usage: string;
  readonly summary: string;
  /** Further lines for the command's own help. */
  readonly details?: readonly string[];
  run(args: readonly string[], process: Process): Promise<number>;
}

/** All went well. */
export const OK = 0;
/** The configuration is faulty, or notifierd could not start or go on. */
export const FAILED = 1;
/** The command line is wrong. */
export const USAGE = 2;

/** The command line is wrong: shown with the usage, exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
