/**
 * Runs the plugin suite over every folder in src/plugins. For a plugin that lives elsewhere, name its file:
 * `NOTIFIERD_PLUGIN=/path/to/index.js node --test test/contract/plugins.test.ts`.
 */
import { BUILT_IN_PLUGINS, createPluginLoader } from '../../src/core/plugin/load.ts';
import { describePlugin, loadSubject } from './plugin-suite.ts';

const { NOTIFIERD_PLUGIN: ownPlugin = '' } = process.env;
const builtIn = await createPluginLoader({ pluginsDir: BUILT_IN_PLUGINS }).available();

for (const asked of [...builtIn, ...(ownPlugin === '' ? [] : [ownPlugin])]) {
  describePlugin(await loadSubject(asked, BUILT_IN_PLUGINS));
}
