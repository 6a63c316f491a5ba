/**
 * The section `sinks`: for each sink its plugin is found and its own keys are read by the plugin's schema, beside those that every
 * sink has (fallback.ts, expiry.ts). A disabled sink is checked like any other, so that enabling it holds no surprise.
 */
import { type Fault, faultLine, NotifierdError } from '../errors.ts';
import type { KeyRemark, SinkPlugin } from '../plugin/contract.ts';
import type { ResolvedSink } from './config.ts';
import { EXPIRY_SETTINGS, readExpiry } from './expiry.ts';
import { FALLBACK_SETTINGS, fallbackNameFaults, type NamedFallback, readFallback } from './fallback.ts';
import type { Setting } from './formats.ts';
import { isMapping, type Mapping } from './mapping.ts';
import type { KnownSinks } from './routes.ts';
import { secretsIn } from './secrets.ts';
import { readSection, type Surroundings } from './section.ts';
import { kindOf, showName } from './show.ts';

/** Finds a plugin by what `plugin:` says; rejects with a NotifierdError if there is none or it cannot be used. */
export type FindPlugin = (name: string) => Promise<SinkPlugin<Mapping>>;

/** A sink before the hash, which depends on other sections too. */
export type ReadSink = Omit<ResolvedSink, 'hash'>;

/** The keys that every sink has, whatever its plugin. */
export const SINK_SETTINGS: Readonly<Record<string, Setting>> = {
  plugin: {
    doc: "The channel: a built-in plugin's name, an npm package, or a path that begins with ./ or /.",
    default: null,
    format: 'required_text',
  },
  enabled: {
    doc: 'Whether the sink gets events. A disabled sink is checked all the same.',
    default: true,
    format: 'flag',
  },
  ...FALLBACK_SETTINGS,
  ...EXPIRY_SETTINGS,
};

/** What stands directly in a sink's section. */
const SINK_KEYS = Object.keys(SINK_SETTINGS).map((path) => path.replace(/\..*/, ''));

/** Sink names are parts of URL paths and metric labels. */
const SINK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/;

/** What was read. */
export interface ReadSinks {
  readonly sinks: readonly ReadSink[];
  /** All names in the file, those of sinks with faults included. */
  readonly names: KnownSinks;
  readonly secrets: readonly string[];
  readonly faults: readonly Fault[];
  /** What is allowed but looks like a mistake, one line each. */
  readonly warnings: readonly string[];
}

/** Reads all sinks. */
export async function readSinks(
  raw: unknown,
  findPlugin: FindPlugin,
  around: Surroundings,
): Promise<ReadSinks> {
  if (!isMapping(raw) || Object.keys(raw).length === 0) {
    const got =
      raw === undefined
        ? 'missing: expected at least one sink'
        : `expected at least one sink, got ${emptyOr(raw)}`;
    const hint = 'config/notifierd.yaml shows the smallest';
    return {
      sinks: [],
      names: { enabled: [], disabled: [] },
      secrets: [],
      faults: [{ path: 'sinks', message: got, hint }],
      warnings: [],
    };
  }
  const sinks: ReadSink[] = [];
  const names = { enabled: [] as string[], disabled: [] as string[] };
  const secrets: string[] = [];
  const fallbacks: NamedFallback[] = [];
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  // Side by side: files that are pipes without a writer are waited for together.
  const reading = Object.entries(raw).map(
    async ([name, entry]) => [name, await readSink({ name, entry, findPlugin, around })] as const,
  );
  for (const [name, read] of await Promise.all(reading)) {
    names[read.enabled ? 'enabled' : 'disabled'].push(name);
    secrets.push(...read.secrets);
    fallbacks.push(...read.fallbacks);
    faults.push(...read.faults);
    warnings.push(...read.warnings);
    if (read.sink !== undefined) sinks.push(read.sink);
  }
  if (names.enabled.length === 0) {
    faults.push({
      path: 'sinks',
      message: 'all sinks are disabled, so nothing would be delivered',
      hint: 'enable one',
    });
  }
  faults.push(...fallbackNameFaults(fallbacks, names));
  const inUse = fallbacks.filter(({ name }) => names.enabled.includes(name));
  const known = { ...names, fallbacks: inUse.map(({ fallback }) => fallback) };
  return {
    sinks,
    names: known,
    secrets,
    faults,
    warnings: warnings.map((warning) => faultLine(warning).trim()),
  };
}

interface SinkRequest {
  readonly name: string;
  readonly entry: unknown;
  readonly findPlugin: FindPlugin;
  readonly around: Surroundings;
}

interface OneSink {
  readonly sink?: ReadSink;
  readonly enabled: boolean;
  readonly secrets: readonly string[];
  /** At most one. */
  readonly fallbacks: readonly NamedFallback[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

async function readSink({ name, entry, findPlugin, around }: SinkRequest): Promise<OneSink> {
  // A fault is one line on a terminal, whatever the name holds. An address in place of a name may hold a credential.
  const at = `sinks.${SINK_NAME.test(name) ? name : showName(name.replace(/\p{C}/gu, '?'))}`;
  const faults: Fault[] = SINK_NAME.test(name) ? [] : [nameFault(at)];
  if (!isMapping(entry)) {
    faults.push({
      path: at,
      message: `expected keys of its own, got ${kindOf(entry)}`,
      hint: 'write plugin: and its name below it',
    });
    return { enabled: true, secrets: [], fallbacks: [], faults, warnings: [] };
  }
  const { plugin, fault } = await findFor(at, entry.plugin, findPlugin);
  if (fault !== undefined) faults.push(fault);
  const settings: Readonly<Record<string, Setting>> = { ...SINK_SETTINGS, ...plugin?.schema };
  // Without the plugin, nobody knows which of the other keys are right.
  const known = plugin === undefined ? pick(entry, SINK_KEYS) : entry;
  const section = await readSection(known, { at, settings }, around);
  const { fallback, faults: fallbackFaults } = readFallback(at, entry.fallback, section.values);
  const { expireAfter, faults: expiryFaults } = readExpiry(at, section.values);
  faults.push(...section.faults, ...fallbackFaults, ...expiryFaults);
  const enabled = section.values.enabled === true;
  const fallbacks = namedFallback(name, at, section.values);
  if (plugin === undefined) return { enabled, secrets: [], fallbacks, faults, warnings: section.warnings };
  const config = pick(section.values, Object.keys(plugin.schema));
  if (section.faults.length === 0) faults.push(...placed(at, plugin.validate?.(config)));
  const warnings = [...section.warnings, ...(faults.length === 0 ? placed(at, plugin.warn?.(config)) : [])];
  return {
    sink: { name, enabled, plugin, config, expireAfter, ...(fallback === undefined ? {} : { fallback }) },
    enabled,
    secrets: secretsIn(settings, section.values),
    fallbacks,
    faults,
    warnings,
  };
}

/** Judged even if the rest of the section has faults, so that all are said at once. */
function namedFallback(name: string, at: string, values: Mapping): NamedFallback[] {
  const fallback = values['fallback.sink'];
  return typeof fallback === 'string' ? [{ name, at, fallback }] : [];
}

function nameFault(at: string): Fault {
  return {
    path: at,
    message: 'expected a sink name of at most 63 letters, digits, - and _, beginning with a letter or digit',
    hint: 'the name is a part of URLs and metrics',
  };
}

async function findFor(
  at: string,
  name: unknown,
  findPlugin: FindPlugin,
): Promise<{ readonly plugin?: SinkPlugin<Mapping>; readonly fault?: Fault }> {
  // The section says what is wrong with a name that is no text.
  if (typeof name !== 'string' || name === '') return {};
  try {
    return { plugin: await findPlugin(name) };
  } catch (error) {
    if (!(error instanceof NotifierdError)) throw error;
    const { hint } = error;
    const message =
      showName(name) === name
        ? error.message
        : `expected the name of a plugin, an npm package or a path, got ${showName(name)}`;
    return { fault: { path: `${at}.plugin`, message, ...(hint === undefined ? {} : { hint }) } };
  }
}

/** What a plugin says of its keys, at their places in the file. */
function placed(at: string, remarks: readonly KeyRemark[] = []): Fault[] {
  return remarks.map((remark) => ({ ...remark, path: remark.path === '' ? at : `${at}.${remark.path}` }));
}

function pick(mapping: Mapping, keys: readonly string[]): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([key]) => keys.includes(key)));
}

function emptyOr(raw: unknown): string {
  return isMapping(raw) ? 'none' : kindOf(raw);
}
