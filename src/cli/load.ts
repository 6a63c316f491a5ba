/** Loading a configuration file for a command, with the built-in plugins. */
import type { Config } from '../core/config/config.ts';
import { loadConfig } from '../core/config/load.ts';
import { BUILT_IN_PLUGINS, createPluginLoader } from '../core/plugin/load.ts';
import type { Process } from './command.ts';

/** Rejects with a ConfigError that lists every fault. */
export async function loadConfigFile(file: string, { env }: Pick<Process, 'env'>): Promise<Config> {
  const { find } = createPluginLoader({ pluginsDir: BUILT_IN_PLUGINS });
  return await loadConfig(file, { env, findPlugin: find });
}
