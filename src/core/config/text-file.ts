/** Reads small text files that a person named: bounded in size, strict about UTF-8, and with failures in plain words. */
import { createReadStream } from 'node:fs';

/** The text without a byte order mark, or what is wrong with the file, to follow its name. */
export type TextFile = { readonly text: string } | { readonly problem: string };

const PROBLEMS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EACCES', 'notifierd may not read it (permission denied)'],
  ['EPERM', 'notifierd may not read it (permission denied)'],
  ['EISDIR', 'it is a directory'],
]);

/** Reads at most `maxBytes`; pipes such as /dev/stdin work too. Never rejects for anything that is wrong with the file. */
export async function readTextFile(file: string, maxBytes: number): Promise<TextFile> {
  const chunks: Buffer[] = [];
  try {
    // `end` is the last byte that is read: one more than allowed shows that there is too much.
    for await (const chunk of createReadStream(file, { end: maxBytes })) chunks.push(chunk);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { problem: PROBLEMS.get(code) ?? `it cannot be read (${String(code ?? 'unknown error')})` };
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > maxBytes) return { problem: `it is longer than ${maxBytes} bytes` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'it is not UTF-8 text' };
  }
}
