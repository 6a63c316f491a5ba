/** Reads small text files that a person named: bounded in size and time, strict about UTF-8, and with failures in plain words. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Clock, systemClock } from '../clock.ts';

/** The text without a byte order mark, or what is wrong with the file, to follow its name. */
export type TextFile = { readonly text: string } | { readonly problem: string };

const PROBLEMS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EACCES', 'notifierd may not read it (permission denied)'],
  ['EPERM', 'notifierd may not read it (permission denied)'],
  ['EISDIR', 'it is a directory'],
]);

/** Not to wait for a pipe's writer: such a wait holds a thread of Node, cannot be ended, and would keep the process from ending. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
/** Long enough for a writer that was started at the same time. */
const NO_WRITER_MS = 1_000;
/** Long enough for a program that asks a vault, or a person. */
const SILENT_WRITER_MS = 30_000;
/** A writer that never comes to an end must not keep the process from its start. */
const LONGEST_READ_MS = 60_000;
const LOOK_AGAIN_MS = 20;
const PIECE_BYTES = 65_536;

/** What a test may decide. */
export interface ReadOptions {
  readonly clock?: Pick<Clock, 'elapsed' | 'wait'>;
}

/**
 * Reads at most `maxBytes`. Pipes such as /dev/stdin work too, as long as somebody writes to them. Never rejects for anything that is
 * wrong with the file, and never waits without end.
 */
export async function readTextFile(
  file: string,
  maxBytes: number,
  { clock = systemClock }: ReadOptions = {},
): Promise<TextFile> {
  try {
    const handle = await open(file, OPEN_FLAGS);
    try {
      const read = await readAll(handle, maxBytes, clock);
      return 'problem' in read ? read : toText(read.bytes, maxBytes);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = codeOf(error);
    return { problem: PROBLEMS.get(code) ?? `it cannot be read (${String(code ?? 'unknown error')})` };
  }
}

/** One byte more than allowed, if there are so many, shows that there is too much. */
async function readAll(
  handle: FileHandle,
  maxBytes: number,
  clock: NonNullable<ReadOptions['clock']>,
): Promise<{ readonly bytes: Buffer } | { readonly problem: string }> {
  const isPipe = (await handle.stat()).isFIFO();
  const never = new AbortController().signal;
  const pieces: Buffer[] = [];
  let room = maxBytes + 1;
  let hadWriter = false;
  const began = clock.elapsed();
  let quietSince = began;
  while (room > 0) {
    const piece = await readPiece(handle, Math.min(room, PIECE_BYTES));
    if (clock.elapsed() - began >= LONGEST_READ_MS) {
      return { problem: `it did not come to an end within ${LONGEST_READ_MS / 1000} s` };
    }
    // A pipe without a writer looks like one at its end: the two are told apart by what came before.
    if (piece?.length === 0 && (hadWriter || !isPipe)) break;
    if (piece === undefined || piece.length > 0) hadWriter = true;
    if (piece !== undefined && piece.length > 0) {
      pieces.push(piece);
      room -= piece.length;
      quietSince = clock.elapsed();
      continue;
    }
    const quietMs = clock.elapsed() - quietSince;
    if (!hadWriter && quietMs >= NO_WRITER_MS) return { problem: 'it is a pipe that nobody writes to' };
    if (quietMs >= SILENT_WRITER_MS)
      return { problem: `nothing came out of it for ${SILENT_WRITER_MS / 1000} s` };
    await clock.wait(LOOK_AGAIN_MS, never);
  }
  return { bytes: Buffer.concat(pieces) };
}

/** What is there, nothing at the end, `undefined` if more may come. */
async function readPiece(handle: FileHandle, most: number): Promise<Buffer | undefined> {
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(most), 0, most, null);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return undefined;
    throw error;
  }
}

function toText(bytes: Buffer, maxBytes: number): TextFile {
  if (bytes.length > maxBytes) return { problem: `it is longer than ${maxBytes} bytes` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'it is not UTF-8 text' };
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
