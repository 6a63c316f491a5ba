/**
 * The twin `x_file` of every sensitive key `x`: the same value, read from a file, as Docker and Kubernetes hand out secrets; a list
 * has one secret a line. A secret that was meant to be there and is not is always a fault, never an empty value.
 */
import path from 'node:path';
import type { Fault } from '../errors.ts';
import type { Setting } from './formats.ts';
import { trimText } from './secret-text.ts';
import { showName, showValue } from './show.ts';
import { readTextFile } from './text-file.ts';

/** Longest secret file, in bytes. */
export const MAX_SECRET_BYTES = 65_536;

/** What was given for a twin, by the file or the environment. */
export interface GivenTwin {
  /** The twin's full path, for messages: `sinks.ops.secret_file`. */
  readonly path: string;
  readonly file: unknown;
  /** The environment variable that gave the file's name, if one did. */
  readonly variable?: string | undefined;
  /** Where `x` itself stands, if it is given too. */
  readonly rival: string | undefined;
}

const FORMATS_WITH_TWIN: readonly unknown[] = ['text', 'required_text', 'http_url', 'text_list'];

/** The twin's name, or `undefined` for a key that has none (only texts and lists of texts have). */
export function twinOf(key: string, { sensitive, format }: Setting): string | undefined {
  return sensitive !== undefined && FORMATS_WITH_TWIN.includes(format) ? `${key}_file` : undefined;
}

/** The file's text without white space at its ends, or the fault. Relative names begin at `directory`. */
export async function readSecretFile(
  given: GivenTwin,
  directory: string,
): Promise<{ secret: string } | { fault: Fault }> {
  const { file, rival, variable } = given;
  const fault = (message: string, hint?: string): { fault: Fault } => {
    const by = variable === undefined ? '' : ` (given by the environment variable ${variable})`;
    return {
      fault: { path: given.path, message: `${message}${by}`, ...(hint === undefined ? {} : { hint }) },
    };
  };
  if (rival !== undefined) return fault(`given together with ${rival}`, 'remove one of the two');
  if (typeof file !== 'string' || file === '') {
    return fault(`expected the name of a file, got ${showValue(file, false)}`);
  }
  const absolute = path.resolve(directory, file);
  const shown = showName(file) === file ? absolute : showName(file);
  const read = await readTextFile(absolute, MAX_SECRET_BYTES);
  if ('problem' in read) return fault(`cannot read ${shown}: ${read.problem}`);
  const secret = trimText(read.text);
  return secret === '' ? fault(`${shown} is empty`, 'write the secret into it') : { secret };
}

/** The secrets of a list's file: one a line; blank lines do not count, nor does white space at the ends of a line. Pure. */
export function secretLines(text: string): string[] {
  return text
    .split('\n')
    .map(trimText)
    .filter((line) => line !== '');
}
