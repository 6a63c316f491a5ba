/**
 * The only file of this plugin with I/O: appends text to standard output or to a file and says how that went. It writes through
 * the file descriptor and not through process.stdout, which blocks the whole daemon while a pipe or a terminal takes nothing;
 * here such a reader holds up this sink only.
 */
import * as fs from 'node:fs';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
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
  /** A file, opened anew for each write, so that it can be rotated. Empty: the descriptor. */
  readonly file: string;
  /** A descriptor that is open already; standard output by default. */
  readonly fd?: number;
}

const STANDARD_OUTPUT = 1;
const APPEND = fs.constants.O_WRONLY | fs.constants.O_APPEND | fs.constants.O_CREAT;
const open = promisify(fs.open);
const write = promisify(fs.write);
const stat = promisify(fs.fstat);
const close = promisify(fs.close);

/** A writer. Opens nothing yet. */
export function createWriter({ file, fd = STANDARD_OUTPUT }: WriterOptions): Writer {
  let unfinished: Promise<unknown> = Promise.resolve();
  let torn = false;
  return {
    showsColours: () =>
      file === '' && isatty(fd) && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb',
    async write(text, signal) {
      // A write that an abort left behind still holds a thread, and its text comes first: never two at a time.
      if ((await unlessAborted(unfinished, signal)) === 'aborted') return aborted({ ambiguous: false });
      const written = append(text);
      unfinished = written;
      const outcome = await unlessAborted(written, signal);
      return outcome === 'aborted' ? aborted({ ambiguous: true }) : outcome;
    },
    check: () => withDescriptor((descriptor) => stat(descriptor), { ambiguous: () => false }),
  };

  /** After a part of a text, the next text begins on a new line. */
  async function append(text: string): Promise<Outcome> {
    const bytes = Buffer.from(torn ? `\n${text}` : text);
    let taken = 0;
    const writeAll = async (descriptor: number) => {
      while (taken < bytes.length) {
        taken += (await write(descriptor, bytes, taken, bytes.length - taken, null)).bytesWritten;
        torn = taken < bytes.length;
      }
    };
    return await withDescriptor(writeAll, { ambiguous: () => taken > 0 });
  }

  async function withDescriptor(
    work: (descriptor: number) => Promise<unknown>,
    { ambiguous }: { readonly ambiguous: () => boolean },
  ): Promise<Outcome> {
    let opened: number | undefined;
    try {
      if (file !== '') opened = await open(file, APPEND, 0o640);
      await work(opened ?? fd);
      return { kind: 'delivered' };
    } catch (error) {
      const detail = `cannot write to ${file === '' ? 'standard output' : file}: ${codeOf(error)}`;
      return { kind: 'retry', reason: 'unreachable', ambiguous: ambiguous(), detail };
    } finally {
      if (opened !== undefined) await close(opened).catch(() => undefined);
    }
  }
}

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
