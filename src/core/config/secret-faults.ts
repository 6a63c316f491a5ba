/**
 * Judges the credentials of a section, once their format is right: which cannot work, where they came from, and the cure. Of other texts
 * only one mistake is looked for, the same as of a password: one that is only the name of a variable. Pure.
 */
import type { Fault } from '../errors.ts';
import type { Setting } from './formats.ts';
import { type SecretProblem, secretProblem } from './secret-text.ts';

/** A value that passed its format, and where it came from. */
export interface GivenValue {
  readonly setting: Setting;
  readonly value: unknown;
  /** The full path of the key that gave it: `sinks.ops.token`, or its twin's. */
  readonly path: string;
  /** The twin's name, if the key has one: `token_file`. */
  readonly twin: string | undefined;
  readonly from: 'value' | 'file' | 'environment';
}

/** What is said of the credentials of a section. */
export interface SecretRemarks {
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** All that is wrong with one key's value, each item of a list by its number. */
export function judgeSecret(given: GivenValue): SecretRemarks {
  const { sensitive, format } = given.setting;
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  if (format === 'http_url') return { faults, warnings };
  for (const { name, text } of textsOf(given.value)) {
    const problem = secretProblem(text, sensitive ?? 'password');
    if (problem === undefined) continue;
    const message = name === '' ? problem.message : `${name}: ${problem.message}`;
    const fault = { path: given.path, message, hint: cureOf(problem, given) };
    (problem.isWarning ? warnings : faults).push(fault);
  }
  return { faults, warnings };
}

function textsOf(value: unknown): readonly { readonly name: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ name: '', text: value }];
  const items: readonly [string, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [`number ${index + 1}`, item])
    : Object.entries(typeof value === 'object' && value !== null ? value : {});
  return items.flatMap(([name, text]) => (typeof text === 'string' ? [{ name, text }] : []));
}

function cureOf({ kind }: SecretProblem, given: GivenValue): string {
  if (kind === 'variable') return variableCure(given);
  if (kind === 'quotes') return 'remove the quotes';
  const isList = given.setting.format === 'text_list';
  return isList && given.from === 'file'
    ? 'write one a line, and nothing else'
    : 'copy it anew, and nothing else';
}

function variableCure({ from, twin, setting }: GivenValue): string {
  const { env } = setting;
  if (from === 'file') return 'no variables are replaced in the file: write the value itself into it';
  if (from === 'environment') return `no variables are replaced there: set ${env} to the value itself`;
  const ways = [
    ...(twin === undefined ? [] : [`write ${twin} with the name of a file that holds it`]),
    ...(env === undefined ? [] : [`set the variable ${env}`]),
  ];
  return `no variables are replaced in this file: ${ways.join(', or ') || 'write the value itself'}`;
}
