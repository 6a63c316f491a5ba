/**
 * The one place that runs convict (https://github.com/mozilla/node-convict): defaults, environment variables, coercion and
 * formats for the keys of one section. Convict knows no free maps, fails on an object where a value belongs and reports faults as
 * one text with values in it; this file keeps the first two away from it and takes only the names of the keys from the third.
 */
import convict from 'convict';
import { ownValue } from '../event/own-value.ts';
import { accepts, convictFormat, registerFormats, type Setting } from './formats.ts';
import { isMapping, nest } from './mapping.ts';
import { isEmptySecret } from './secrets.ts';

/** The keys of a section and what was given for them. */
export interface GivenValues {
  readonly settings: Readonly<Record<string, Setting>>;
  /** By the settings' paths; only keys that were given. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** All settings' values by path, and the paths whose value was refused (or is missing): these have their default. */
export interface CheckedValues {
  readonly values: Readonly<Record<string, unknown>>;
  readonly refused: readonly string[];
}

/** Applies environment, defaults and formats. */
export function throughConvict({ settings, values, env }: GivenValues): CheckedValues {
  registerFormats();
  const all = Object.entries(settings);
  const maps = all.filter(([, { format }]) => format === 'text_map');
  const plain = all.filter(([, { format }]) => format !== 'text_map');
  const refused = new Set(
    all.flatMap(([path, setting]) =>
      Object.hasOwn(values, path) && !isFit(ownValue(values, path), setting) ? [path] : [],
    ),
  );

  const schema = nest(plain.map(([path, setting]) => [path, toConvict(setting)]));
  // Convict's types cannot express a schema that is made at run time.
  const instance = convict(schema as convict.Schema<Record<string, unknown>>, {
    env: withoutEmpty(env),
    args: [],
  });
  const loaded = plain.filter(([path]) => Object.hasOwn(values, path) && !refused.has(path));
  try {
    instance
      .load(nest(loaded.map(([path]) => [path, ownValue(values, path)])))
      .validate({ allowed: 'strict' });
  } catch (error) {
    for (const path of refusedPaths(error, settings)) refused.add(path);
  }
  for (const [path] of plain.filter(([key]) => refused.has(key))) instance.reset(path);
  return {
    values: Object.fromEntries([
      ...plain.map(([path]) => [path, instance.get(path)]),
      ...maps.map(([path, setting]) => [
        path,
        refused.has(path) ? setting.default : (ownValue(values, path) ?? setting.default),
      ]),
    ]),
    refused: [...refused],
  };
}

/** A file's value that convict may see. It would take `timeout: 30` for 30 ms, and a secret that is empty for none. */
function isFit(value: unknown, setting: Setting): boolean {
  if (setting.format === 'text_map') return accepts(setting, value);
  if (setting.format === 'duration' && typeof value === 'number') return value === 0;
  return value !== null && !isMapping(value) && !(setting.sensitive !== undefined && hasEmptySecret(value));
}

function hasEmptySecret(value: unknown): boolean {
  return isEmptySecret(value) || (Array.isArray(value) && value.some(isEmptySecret));
}

function toConvict({
  doc,
  default: fallback,
  format,
  env,
  sensitive,
  optional,
  atLeast,
  atMost,
}: Setting): object {
  return {
    doc,
    default: fallback,
    format: typeof format === 'string' ? convictFormat(format) : [...format],
    nullable: fallback === null && (optional === true || format !== 'required_text'),
    sensitive,
    atLeast,
    atMost,
    ...(env === undefined ? {} : { env }),
  };
}

function withoutEmpty(env: GivenValues['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Convict reports all refused keys as the lines of one message, each beginning with its key. */
function refusedPaths(error: unknown, settings: GivenValues['settings']): string[] {
  if (!(error instanceof Error)) throw error;
  const paths = error.message.split('\n').map((line) => line.slice(0, line.indexOf(':')));
  // The message holds values: only its keys may go on.
  if (!paths.every((path) => Object.hasOwn(settings, path))) throw new Error('convict failed unexpectedly');
  return paths;
}
