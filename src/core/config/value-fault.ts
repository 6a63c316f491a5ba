/** Words for a value that a key's format refuses: what was expected, what came, how to mend it. Pure. */
import type { Fault } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { expectation, type Setting } from './formats.ts';
import { isMapping, joinPath } from './mapping.ts';
import { twinOf } from './secret-files.ts';
import { isEmptySecret } from './secrets.ts';
import { kindOf, showValue } from './show.ts';

/** The refused value and where it came from. */
export interface RefusedValue {
  /** The key's full path in the file. */
  readonly path: string;
  readonly setting: Setting;
  /** `undefined` if the file does not have the key. */
  readonly value: unknown;
  /** The environment variable's text, if that is what was refused. */
  readonly fromEnv?: string | undefined;
}

/** The faults of one refused value: one, or one for each wrong text of a map. */
export function valueFaults({ path, setting, value, fromEnv }: RefusedValue): Fault[] {
  const expected = `expected ${expectation(setting)}`;
  const secret = setting.sensitive !== undefined;
  if (fromEnv !== undefined) {
    const message = `${expected} in the environment variable ${setting.env}, got ${showValue(fromEnv, secret)}`;
    return [{ path, message, ...envHint(fromEnv) }];
  }
  if (value === undefined) return [{ path, message: `missing: ${expected}`, ...missingHint(path, setting) }];
  if (setting.format === 'text_map' && isMapping(value)) return mapFaults(path, value, secret);
  return [{ path, message: `${expected}, got ${showValue(value, secret)}`, ...valueHint(value, setting) }];
}

/** Kubernetes describes each Service to all pods in variables of this shape. */
function envHint(text: string): { hint?: string } {
  if (!text.startsWith('tcp://')) return {};
  return { hint: 'Kubernetes sets it for a Service of this name: set enableServiceLinks: false in the pod' };
}

function missingHint(path: string, setting: Setting): { hint?: string } {
  const twin = twinOf(path.slice(path.lastIndexOf('.') + 1), setting);
  return twin === undefined ? {} : { hint: `or ${twin} with the name of a file that holds it` };
}

function mapFaults(path: string, map: Readonly<Record<string, unknown>>, secret: boolean): Fault[] {
  return Object.entries(map)
    .filter(([, value]) => typeof value !== 'string')
    .map(([key, value]) => ({
      path: joinPath(path, key),
      message: `expected text, got ${showValue(value, secret)}`,
      ...(isPlain(value) ? { hint: 'put it in quotes' } : {}),
    }));
}

function valueHint(value: unknown, setting: Setting): { hint?: string } {
  const { format } = setting;
  if (value === null) return { hint: 'write a value, or remove the line' };
  if (isEmptySecret(value) && setting.sensitive !== undefined)
    return { hint: 'write a value, or remove the line' };
  if (typeof format !== 'string') {
    const near = typeof value === 'string' ? nearest(value, format) : undefined;
    return near === undefined ? {} : { hint: `did you mean ${near}?` };
  }
  if (format === 'duration' && typeof value === 'number' && value !== 0)
    return { hint: 'add the unit: ms, s, m, h, d or w' };
  if ((format === 'text' || format === 'required_text') && isPlain(value))
    return { hint: 'put it in quotes' };
  if (format === 'text_list') return { hint: listHint(value) };
  return {};
}

function listHint(value: unknown): string {
  if (!Array.isArray(value)) return 'write [a, b], or one line a text that begins with a dash';
  const index = value.findIndex((item) => typeof item !== 'string');
  // What is left to refuse of a list of texts is an empty one among secrets.
  if (index < 0) return `number ${value.indexOf('') + 1} is empty: write a value, or remove it`;
  return `number ${index + 1} is ${kindOf(value[index])}: put it in quotes`;
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}
