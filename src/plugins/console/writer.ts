/**
 * The only file of this plugin with I/O: appends text to standard output or to a file and says how that went. Whatever happens
 * there (reader gone, disk full, nobody reading) is an outcome and never ends or holds up the daemon.
 */
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { Outcome } from '../../core/plugin/contract.ts';

/** Where a console sink writes to. */
export interface Writer {
  /** Whether colours are wanted and can be seen there. */
  showsColours(): boolean;
  /** Appends the text. Delivered once the system has taken all of it; ends at once when `signal` aborts. Never rejects. */
  write(text: string, signal: AbortSignal): Promise<Outcome>;
  /** Whether it could be written to now. Writes nothing. */
  check(): Promise<Outcome>;
}

/** Which of the two. */
export interface WriterOptions {
  /** A file, opened anew for each write, so that it can be rotated. Empty: standard output. */
  readonly file: string;
  readonly stdout?: Writable & { readonly isTTY?: boolean };
}

/** A write that failed. */
interface Failure {
  readonly code: string;
  /** A part of the text, or all of it, may have been written. */
  readonly ambiguous: boolean;
}

/** A writer. Opens nothing yet. */
export function createWriter({ file, stdout = process.stdout }: WriterOptions): Writer {
  const append = (text: string) => (file === '' ? appendToStream(stdout, text) : appendToFile(file, text));
  let unfinished: Promise<unknown> = Promise.resolve();
  let torn = false;
  return {
    showsColours() {
      const { NO_COLOR = '', TERM } = process.env;
      return file === '' && stdout.isTTY === true && NO_COLOR === '' && TERM !== 'dumb';
    },
    async write(text, signal) {
      // What an abort left behind is still being written, and comes first: never two texts at a time.
      if ((await unlessAborted(unfinished, signal)) === 'aborted') return aborted({ ambiguous: false });
      // After a part of a text, the next text begins on a line of its own.
      const written = append(torn ? `\n${text}` : text).then((failure) => {
        torn = failure === undefined ? false : torn || failure.ambiguous;
        return outcomeOf(failure);
      });
      unfinished = written;
      const outcome = await unlessAborted(written, signal);
      return outcome === 'aborted' ? aborted({ ambiguous: true }) : outcome;
    },
    async check() {
      if (file === '') return outcomeOf(stdout.writable ? undefined : { code: 'closed', ambiguous: false });
      return outcomeOf(await appendToFile(file, ''));
    },
  };

  function outcomeOf(failure: Failure | undefined): Outcome {
    if (failure === undefined) return { kind: 'delivered' };
    const detail = `cannot write to ${file === '' ? 'standard output' : file}: ${failure.code}`;
    return { kind: 'retry', reason: 'unreachable', ambiguous: failure.ambiguous, detail };
  }
}

function appendToStream(stream: Writable, text: string): Promise<Failure | undefined> {
  // A stream without a listener for its errors ends the process at the first one. The callback tells what happened.
  if (!stream.listeners('error').includes(ignoreError)) stream.on('error', ignoreError);
  return new Promise((resolve) => {
    stream.write(text, (error) => resolve(error ? { code: codeOf(error), ambiguous: true } : undefined));
  });
}

async function appendToFile(file: string, text: string): Promise<Failure | undefined> {
  let ambiguous = false;
  try {
    await using handle = await open(file, 'a', 0o640);
    ambiguous = text !== '';
    await handle.appendFile(text);
    return undefined;
  } catch (error) {
    return { code: codeOf(error), ambiguous };
  }
}

function ignoreError(): void {}

function aborted({ ambiguous }: { readonly ambiguous: boolean }): Outcome {
  return { kind: 'retry', reason: 'aborted', ambiguous, detail: 'notifierd is stopping' };
}

async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | 'aborted'> {
  if (signal.aborted) return 'aborted';
  const abort = Promise.withResolvers<'aborted'>();
  const onAbort = () => abort.resolve('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, abort.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
