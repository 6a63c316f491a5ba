/**
 * Makes the configuration of a sink from its plugin's schema, as a person would who sets what must be set: secrets that can be
 * found again, addresses that lead to the suite's own server, defaults for the rest. It takes the daemon's own way to checked values.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Mapping } from '../../../src/core/config/mapping.ts';
import { readSection } from '../../../src/core/config/section.ts';
import { faultLine } from '../../../src/core/errors.ts';
import type { ConfigKey } from '../../../src/core/plugin/contract.ts';
import type { AnyPlugin } from '../../../src/core/plugin/load.ts';
import type { NamedSecrets } from '../../support/leaks.ts';
import type { Conformance } from './conformance.ts';

/** Where a made-up sink finds its world. */
export interface Surroundings {
  /** The suite's server, without a slash at its end. */
  readonly url: string;
  /** A folder of the sink's own. */
  readonly dir: string;
}

/** A checked configuration and the secrets in it. */
export interface SampleConfig {
  readonly config: Mapping;
  readonly secrets: NamedSecrets;
}

/** The configuration of one sink. Rejects with every fault if the suite's guesses do not pass. */
export async function makeSampleConfig(
  plugin: AnyPlugin,
  { config: given }: Conformance,
  around: Surroundings,
): Promise<SampleConfig> {
  const keys: readonly [string, ConfigKey][] = Object.entries(plugin.schema);
  const guessed = Object.fromEntries(keys.flatMap(([key, setting]) => guess(key, setting, around)));
  // null takes a guess away: of two keys that rule each other out, only one may be given.
  const raw = Object.fromEntries(
    Object.entries({ ...guessed, ...filledIn(given, around) }).filter(([, value]) => value !== null),
  );
  const { values, faults } = await readSection(
    raw,
    { at: '', settings: plugin.schema },
    { env: {}, directory: around.dir },
  );
  const all = [...faults, ...(faults.length === 0 ? (plugin.validate?.(values) ?? []) : [])];
  const hint = 'say in testdata/conformance.json what the suite cannot guess: {"config": {…}}';
  assert.equal(all.map(faultLine).join('\n'), '', `a made-up sink has faults; ${hint}`);
  return {
    config: values,
    secrets: Object.fromEntries(keys.flatMap(([key, setting]) => secretOf(key, setting, values))),
  };
}

/** The same for the same key. With characters that URLs, JSON and forms spell otherwise. */
function madeUpSecret(key: string): string {
  return `Zq+/=&"%${digest(key)}`;
}

function digest(key: string): string {
  return createHash('sha256').update(`conformance ${key}`).digest('hex');
}

function guess(key: string, { format, sensitive }: ConfigKey, { url }: Surroundings): [string, unknown][] {
  if (format === 'http_url') return [[key, sensitive !== undefined ? `${url}/${digest(key)}` : url]];
  if (format !== 'text' && format !== 'required_text') return [];
  if (sensitive !== undefined) return [[key, madeUpSecret(key)]];
  return format === 'required_text' ? [[key, 'conformance']] : [];
}

/** Of a secret address, the part that is not the server's. */
function secretOf(key: string, { format, sensitive }: ConfigKey, values: Mapping): [string, string][] {
  const value = values[key];
  if (sensitive === undefined || typeof value !== 'string' || value === '') return [];
  return [[key, format === 'http_url' && value.includes(digest(key)) ? digest(key) : value]];
}

function filledIn(given: Conformance['config'], around: Surroundings): Mapping {
  const text = JSON.stringify(given).replace(/\$\{(url|dir)\}/g, (_, name: keyof Surroundings) =>
    JSON.stringify(around[name]).slice(1, -1),
  );
  // What was an object stays one.
  return JSON.parse(text) as Mapping;
}
