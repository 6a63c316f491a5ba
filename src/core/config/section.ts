/**
 * One part of a configuration with fixed keys (the core's own, or one sink's), from what the file says to checked values: keys are
 * told apart (section-keys.ts), secrets read from their files (secret-files.ts), environment, defaults and formats applied
 * (through-convict.ts), what was refused is put into words (value-fault.ts), and secrets are looked at once more (secret-faults.ts).
 */
import type { Fault } from '../errors.ts';
import { ownValue } from '../event/own-value.ts';
import type { Setting } from './formats.ts';
import { joinPath, type Mapping } from './mapping.ts';
import { judgeSecret, type SecretRemarks } from './secret-faults.ts';
import { type GivenTwin, readSecretFile, secretLines, twinOf } from './secret-files.ts';
import { isTrimmed, trimText, trimValue } from './secret-text.ts';
import { type GivenKeys, readKeys, type SectionShape } from './section-keys.ts';
import { throughConvict } from './through-convict.ts';
import { valueFaults } from './value-fault.ts';

/** What surrounds a configuration file. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative file names begin. */
  readonly directory: string;
}

/** Every key's value by its path inside the section; keys with faults hold their default. */
export interface Section {
  readonly values: Mapping;
  readonly faults: readonly Fault[];
  /** What is allowed but looks like a mistake. */
  readonly warnings: readonly Fault[];
}

/** Reads a section. Never rejects for anything that is wrong with it. */
export async function readSection(
  raw: Mapping,
  shape: SectionShape,
  outside: Surroundings,
): Promise<Section> {
  const around = { ...outside, env: trimmedEnv(outside.env, shape) };
  const given = readKeys(raw, shape);
  const secrets = await readSecrets(given, shape, around);
  // The environment goes before the file; a value that does not count is not judged.
  const fromFile = [...given.values].filter(
    ([path]) => variableOf(ownValue(shape.settings, path), around) === undefined,
  );
  const values: Mapping = Object.fromEntries(
    [...fromFile, ...secrets.values].map(([path, value]) => [
      path,
      trimmed(value, ownValue(shape.settings, path)),
    ]),
  );
  const checked = throughConvict({ settings: shape.settings, values, env: around.env });

  const faults = [...given.faults, ...secrets.faults];
  const warnings: Fault[] = [];
  for (const [path, setting] of Object.entries(shape.settings)) {
    // One key, one fault: a secret whose file failed is not missing as well.
    if (secrets.failed.has(path)) continue;
    const fromEnv = variableOf(setting, around);
    if (isBlank(fromEnv, setting)) {
      const message = `expected text in the environment variable ${setting.env}, got only white space`;
      faults.push({ path: joinPath(shape.at, path), message, hint: 'set it to the value, or to nothing' });
      continue;
    }
    if (!checked.refused.includes(path)) {
      const from = fromEnv !== undefined ? 'environment' : secrets.values.has(path) ? 'file' : 'value';
      const remarks = remarksOn(path, { setting, shape, from, value: ownValue(checked.values, path) });
      faults.push(...remarks.faults);
      warnings.push(...remarks.warnings);
      continue;
    }
    faults.push(
      ...valueFaults({ path: joinPath(shape.at, path), setting, value: ownValue(values, path), fromEnv }),
    );
  }
  return { values: checked.values, faults, warnings };
}

function trimmed(value: unknown, setting: Setting | undefined): unknown {
  return setting !== undefined && isTrimmed(setting) ? trimValue(value) : value;
}

/** A variable with nothing but white space is left as it is, for blankFault(). */
function trimmedEnv(env: Surroundings['env'], { settings }: SectionShape): Surroundings['env'] {
  const changed = Object.values(settings).flatMap((setting): [string, string][] => {
    const text = setting.env === undefined || !isTrimmed(setting) ? undefined : ownValue(env, setting.env);
    return setting.env === undefined || text === undefined ? [] : [[setting.env, trimText(text) || text]];
  });
  return { ...env, ...Object.fromEntries(changed) };
}

/** A variable that holds only white space was meant to hold a value: without this, a credential would silently be none. */
function isBlank(fromEnv: string | undefined, setting: Setting): boolean {
  return fromEnv !== undefined && isTrimmed(setting) && trimText(fromEnv) === '';
}

interface JudgedKey {
  readonly setting: Setting;
  readonly shape: SectionShape;
  readonly from: 'value' | 'file' | 'environment';
  readonly value: unknown;
}

function remarksOn(path: string, { setting, shape, from, value }: JudgedKey): SecretRemarks {
  const twin = twinOf(path, setting);
  const place = from === 'file' && twin !== undefined ? twin : path;
  const shortTwin = twin?.slice(twin.lastIndexOf('.') + 1);
  return judgeSecret({ setting, value, from, twin: shortTwin, path: joinPath(shape.at, place) });
}

interface Secrets {
  readonly values: ReadonlyMap<string, string | readonly string[]>;
  readonly faults: readonly Fault[];
  readonly failed: ReadonlySet<string>;
}

async function readSecrets(given: GivenKeys, shape: SectionShape, around: Surroundings): Promise<Secrets> {
  const values = new Map<string, string | readonly string[]>();
  const failed = new Set<string>();
  const faults: Fault[] = [];
  // Side by side: each may be a pipe that is waited for.
  const all = await Promise.all(
    Object.entries(shape.settings).map(async ([path, setting]) => {
      const twin = givenTwin(path, { setting, given, shape, around });
      const read = twin === undefined ? undefined : await readSecretFile(twin, around.directory);
      return { path, setting, read };
    }),
  );
  for (const { path, setting, read } of all) {
    if (read === undefined) continue;
    if ('secret' in read) {
      values.set(path, setting.format === 'text_list' ? secretLines(read.secret) : read.secret);
    } else {
      faults.push(read.fault);
      failed.add(path);
    }
  }
  return { values, faults, failed };
}

interface TwinContext {
  readonly setting: Setting;
  readonly given: GivenKeys;
  readonly shape: SectionShape;
  readonly around: Surroundings;
}

function givenTwin(path: string, { setting, given, shape, around }: TwinContext): GivenTwin | undefined {
  const twin = twinOf(path, setting);
  if (twin === undefined) return undefined;
  const variable = setting.env === undefined ? undefined : `${setting.env}_FILE`;
  const fromEnv = variable === undefined ? undefined : ownValue(around.env, variable) || undefined;
  if (fromEnv === undefined && !given.twins.has(twin)) return undefined;

  const inFile = given.values.has(path) ? joinPath(shape.at, path) : undefined;
  return {
    path: joinPath(shape.at, twin),
    file: fromEnv ?? given.twins.get(twin),
    variable: fromEnv === undefined ? undefined : variable,
    rival: variableOf(setting, around) === undefined ? inFile : setting.env,
  };
}

/** The text of a key's environment variable; an empty one counts as not set. */
function variableOf(setting: Setting | undefined, { env }: Surroundings): string | undefined {
  return setting?.env === undefined ? undefined : ownValue(env, setting.env) || undefined;
}
