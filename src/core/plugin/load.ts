/**
 * Finds plugins by what `plugin:` in a configuration says: a built-in one by its folder's name, a third party's by the path of its
 * file or the name of its npm package. Nothing is imported before a sink asks for it, and what was imported is looked at
 * (plugin-shape.ts) before it is trusted.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { NotifierdError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { SinkPlugin } from './contract.ts';
import { shapeProblems } from './plugin-shape.ts';

/** A plugin whose configuration is only known by its schema. */
export type AnyPlugin = SinkPlugin<Readonly<Record<string, unknown>>>;

/** Where to look. */
export interface PluginLoaderOptions {
  /** The folder of the built-in plugins, one folder each; ends in a slash. */
  readonly pluginsDir: URL;
  /** Where relative paths begin and packages are looked for as well; the working directory if absent. */
  readonly directory?: string;
}

/** Finds and lists plugins. */
export interface PluginLoader {
  /** Rejects with a NotifierdError (`plugin_unknown`, `plugin_broken`) if there is none or it cannot be used. */
  find(name: string): Promise<AnyPlugin>;
  /** The names of the built-in plugins, sorted. */
  available(): Promise<readonly string[]>;
}

/** The built-in plugins beside this very file, as source or built. */
export const BUILT_IN_PLUGINS = new URL('../../plugins/', import.meta.url);

/** Plugins are `.ts` where this file is, and `.js` where it was built. */
const INDEX = import.meta.url.endsWith('.ts') ? 'index.ts' : 'index.js';

/** Makes a loader; reads nothing yet. */
export function createPluginLoader({ pluginsDir, directory = '.' }: PluginLoaderOptions): PluginLoader {
  const base = path.resolve(directory);
  const available = async (): Promise<readonly string[]> => {
    const entries = await readdir(pluginsDir, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/${INDEX}`, pluginsDir)))
      .map(({ name }) => name)
      .sort();
  };
  return {
    available,
    async find(name) {
      const builtIn = await available();
      if (builtIn.includes(name)) {
        return toPlugin(name, await load(name, new URL(`${name}/${INDEX}`, pluginsDir).href), name);
      }
      if (isPath(name)) return toPlugin(name, await load(name, fileHref(name, base)));
      const href = packageHref(name, base);
      if (href === undefined) throw unknown(name, builtIn);
      return toPlugin(name, await load(name, href));
    },
  };
}

function isPath(name: string): boolean {
  return name.startsWith('./') || name.startsWith('../') || path.isAbsolute(name);
}

function fileHref(name: string, base: string): string {
  const file = path.resolve(base, name);
  if (existsSync(file)) return pathToFileURL(file).href;
  throw new NotifierdError(
    'plugin_unknown',
    `there is no file ${file}`,
    'relative paths begin at the working directory',
  );
}

/** First where notifierd is installed, then where it runs, so that a global installation can use local packages. */
function packageHref(name: string, base: string): string | undefined {
  try {
    const href = import.meta.resolve(name);
    // A module that is built into Node is no plugin.
    return href.startsWith('file:') ? href : undefined;
  } catch {
    // Not there; the other place is asked by require(), as import knows only its own.
  }
  try {
    return pathToFileURL(createRequire(path.join(base, 'package.json')).resolve(name)).href;
  } catch (error) {
    if (codeOf(error) !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined;
    const hint = 'its package.json needs "exports" with the condition "default"';
    throw new NotifierdError('plugin_broken', `the package ${name} has no entry that can be loaded`, hint);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Always by absolute URL: the compiler would rewrite the ending of a relative path. */
async function load(name: string, href: string): Promise<unknown> {
  try {
    return await import(href);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new NotifierdError('plugin_broken', `the plugin ${JSON.stringify(name)} cannot be loaded: ${why}`);
  }
}

function toPlugin(asked: string, module: unknown, folder?: string): AnyPlugin {
  const plugin =
    typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  const problems = shapeProblems(plugin, folder);
  if (problems.length === 0) return plugin as AnyPlugin; // shapeProblems() has looked at all that can be seen without a call.
  throw new NotifierdError(
    'plugin_broken',
    `${JSON.stringify(asked)} is not a sink plugin: ${problems.join('; ')}`,
    'see docs/writing-a-plugin.md',
  );
}

function unknown(name: string, builtIn: readonly string[]): NotifierdError {
  const near = nearest(name, builtIn);
  return new NotifierdError(
    'plugin_unknown',
    `there is no plugin ${JSON.stringify(name)}: built in are ${builtIn.join(', ')}, and no npm package of this name is installed`,
    near === undefined ? "a plugin of one's own: a path that begins with ./ or /" : `did you mean ${near}?`,
  );
}
