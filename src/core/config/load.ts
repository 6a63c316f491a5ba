/**
 * Loads a configuration file: the one entrance to this room. Every fault of the file, the secret files and the environment is
 * collected and thrown at once, so that mending takes one round. Nothing is opened, connected or created here.
 */
import path from 'node:path';
import { ConfigError, type Fault, faultLine } from '../errors.ts';
import type { Config, CoreConfig, PostgresTls, ResolvedSink } from './config.ts';
import { toCoreConfig } from './core-config.ts';
import { plainRoute } from './describe.ts';
import { readDocument } from './document.ts';
import { envWarnings } from './env-warnings.ts';
import { hashOf } from './hash.ts';
import { isMapping, type Mapping } from './mapping.ts';
import { toStore } from './outbox-store.ts';
import { readRewriteRules } from './rewrite-rules.ts';
import { readRoutes } from './routes.ts';
import { CORE_SETTINGS, type CoreValues, READ_ELSEWHERE } from './schema.ts';
import { secretsIn } from './secrets.ts';
import { readSection } from './section.ts';
import { kindOf } from './show.ts';
import { type FindPlugin, type ReadSink, readSinks } from './sinks.ts';
import { readWatchdog } from './watchdog.ts';

/** What loading needs from outside. */
export interface LoadOptions {
  /** The environment variables that go before the file. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Plugins by name: `find` of a plugin loader. */
  readonly findPlugin: FindPlugin;
  /** Where relative file names begin; the working directory if absent. */
  readonly directory?: string;
}

/** Reads, checks and resolves `file`. Rejects with a ConfigError that lists every fault; it never holds a secret. */
export async function loadConfig(file: string, options: LoadOptions): Promise<Config> {
  const around = { env: options.env, directory: path.resolve(options.directory ?? '.') };
  const root = await readRoot(file, around.directory);
  const section = await readSection(
    root,
    { at: '', settings: CORE_SETTINGS, elsewhere: READ_ELSEWHERE },
    around,
  );
  // throughConvict() has filled every path with a value of its format.
  const values = section.values as CoreValues;
  const links = root.links;
  const rewrite = await readRewriteRules(isMapping(links) ? links.rewrite : undefined);
  const outbox = await toStore(values['outbox.url'], {
    directory: around.directory,
    password: values['outbox.password'],
    schema: values['outbox.schema'],
    connections: values['outbox.connections'],
  });
  const {
    core,
    faults: coreFaults,
    warnings: coreWarnings,
  } = toCoreConfig(values, {
    known: section.faults,
    rewrite: rewrite.rules,
    store: outbox.store,
  });
  const sinks = await readSinks(root.sinks, options.findPlugin, around);
  const routes = await readRoutes(root.routes, sinks.names);
  const watchdog = await readWatchdog(root.watchdog, sinks.names, around);
  const read = [section, outbox, { faults: coreFaults }, rewrite, sinks, routes, watchdog];
  refuse(
    file,
    read.flatMap(({ faults }) => faults),
  );
  return {
    ...core,
    sinks: sinks.sinks.map((sink) => withHash(sink, values)),
    routes: routes.routes,
    ...(watchdog.watchdog === undefined ? {} : { watchdog: watchdog.watchdog }),
    file,
    hash: hashOf({
      values,
      tls: tlsOf(core) ?? null,
      rewrite: rewrite.rules,
      sinks: sinks.sinks.map(plainSink),
      routes: routes.routes?.map(plainRoute) ?? null,
      watchdog: root.watchdog ?? null,
    }),
    secrets: [...new Set([...secretsIn(CORE_SETTINGS, values), ...keysIn(tlsOf(core)), ...sinks.secrets])],
    warnings: [
      ...envWarnings(options.env, CORE_SETTINGS),
      ...[...section.warnings, ...coreWarnings].map((warning) => faultLine(warning).trim()),
      ...sinks.warnings,
      ...routes.warnings,
    ],
    values,
  };
}

async function readRoot(file: string, directory: string): Promise<Mapping> {
  const read = await readDocument(path.resolve(directory, file));
  if ('faults' in read) throw new ConfigError(file, read.faults);
  if (isMapping(read.content)) return read.content;
  const isEmpty = read.content === null || read.content === undefined;
  const message = isEmpty ? 'the file is empty' : `expected keys such as sinks, got ${kindOf(read.content)}`;
  const hint = 'config/notifierd.yaml shows the smallest';
  throw new ConfigError(file, [{ path: '', message, hint }]);
}

function refuse(file: string, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new ConfigError(file, faults);
}

/** The certificates come from files, whose names alone are among the values. */
function tlsOf({ outbox: { store } }: CoreConfig): PostgresTls | undefined {
  return store.engine === 'postgres' ? store.tls : undefined;
}

function keysIn(tls: PostgresTls | undefined): string[] {
  return tls?.key === undefined ? [] : [tls.key];
}

/** The proxy counts: a sink that is blocked for the machine's address is mended by sending another way. */
function withHash(sink: ReadSink, values: CoreValues): ResolvedSink {
  const { plugin, config } = plainSink(sink);
  const way = { proxy: values['delivery.proxy'], noProxy: values['delivery.no_proxy'] };
  return { ...sink, hash: hashOf({ plugin, config, way }) };
}

function plainSink({ name, enabled, plugin, config, fallback, expireAfter }: ReadSink): Mapping {
  return { name, enabled, plugin: plugin.name, config, fallback: fallback ?? null, expireAfter };
}
