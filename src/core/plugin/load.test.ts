import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createPluginLoader, type PluginLoader } from './load.ts';

const SOUND = `{ name: 'alpha', schema: { key: { doc: 'd', default: null, format: 'text' } }, create() {} }`;

/** A loader over a folder with these files; names of built-in plugins begin with `plugins/`. */
async function loaderWith(
  context: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<{ loader: PluginLoader; directory: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'notifierd-plugins-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  await mkdir(path.join(directory, 'plugins'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), content);
  }
  const pluginsDir = pathToFileURL(`${path.join(directory, 'plugins')}/`);
  return { loader: createPluginLoader({ pluginsDir, directory }), directory };
}

test('lists the built-in plugins without loading them', async (context) => {
  const { loader } = await loaderWith(context, {
    'plugins/beta/index.ts': 'throw new Error("loaded");',
    'plugins/alpha/index.ts': 'throw new Error("loaded");',
    'plugins/unfinished/compose.ts': '',
    'plugins/README.md': '',
  });
  assert.deepEqual(await loader.available(), ['alpha', 'beta']);
});

const FOUND = [
  { name: "a built-in plugin by its folder's name", file: 'plugins/alpha/index.ts', plugin: 'alpha' },
  { name: 'a path that begins at the working directory', file: 'own/alpha.ts', plugin: './own/alpha.ts' },
  { name: 'a path in JavaScript', file: 'own/alpha.mjs', plugin: './own/alpha.mjs' },
  { name: 'an npm package', file: 'node_modules/notifierd-alpha/index.mjs', plugin: 'notifierd-alpha' },
  { name: 'an npm package with a scope', file: 'node_modules/@me/alpha/index.mjs', plugin: '@me/alpha' },
];

for (const { name, file, plugin } of FOUND) {
  test(`finds ${name}`, async (context) => {
    const manifest = {
      [path.join(path.dirname(file), 'package.json')]: '{"type": "module", "exports": "./index.mjs"}',
    };
    const { loader } = await loaderWith(context, { ...manifest, [file]: `export default ${SOUND};` });
    assert.equal((await loader.find(plugin)).name, 'alpha');
  });
}

test('finds a file by its absolute path', async (context) => {
  const { loader, directory } = await loaderWith(context, { 'alpha.mjs': `export default ${SOUND};` });
  assert.equal((await loader.find(path.join(directory, 'alpha.mjs'))).name, 'alpha');
});

const UNKNOWN = [
  {
    name: 'a mistyped name',
    plugin: 'alpa',
    message: /no plugin "alpa": built in are alpha,/,
    hint: 'did you mean alpha?',
  },
  {
    name: 'a name unlike any',
    plugin: 'slack',
    message: /no npm package/,
    hint: "a plugin of one's own: a path that begins with ./ or /",
  },
  {
    name: 'a module of Node',
    plugin: 'fs',
    message: /no plugin "fs"/,
    hint: "a plugin of one's own: a path that begins with ./ or /",
  },
  {
    name: 'a file that is not there',
    plugin: './gone.ts',
    message: /there is no file \/.*gone\.ts/,
    hint: 'relative paths begin at the working directory',
  },
];

for (const { name, plugin, message, hint } of UNKNOWN) {
  test(`says that there is no plugin: ${name}`, async (context) => {
    const { loader } = await loaderWith(context, { 'plugins/alpha/index.ts': `export default ${SOUND};` });
    await assert.rejects(loader.find(plugin), { code: 'plugin_unknown', message, hint });
  });
}

const BROKEN = [
  {
    name: 'code that throws',
    code: 'throw new Error("no luck\\nat all");',
    says: /^the plugin ".*" cannot be loaded: no luck$/,
  },
  { name: 'code that cannot be parsed', code: 'export default {', says: /cannot be loaded/ },
  { name: 'no default export', code: 'export const name = "alpha";', says: /no default export/ },
  { name: 'no name', code: 'export default { schema: {}, create() {} };', says: /name is not a text/ },
  {
    name: 'no schema',
    code: "export default { name: 'alpha', create() {} };",
    says: /schema is not an object/,
  },
  {
    name: 'no create',
    code: "export default { name: 'alpha', schema: {} };",
    says: /create is not a function/,
  },
  {
    name: 'an unknown format',
    code: withKey("doc: '', default: 1, format: 'integer'"),
    says: /schema\.key has an unknown format/,
  },
  {
    name: 'a credential of no known kind',
    code: withKey("doc: '', default: '', format: 'text', sensitive: true"),
    says: /schema\.key\.sensitive is neither of token, password/,
  },
  { name: 'no default', code: withKey("doc: '', format: 'text'"), says: /schema\.key has no default/ },
  {
    name: 'a key that the core reads',
    code: withKey("doc: '', default: 1, format: 'whole'", 'plugin'),
    says: /may not have a key "plugin"/,
  },
  {
    name: 'a key fallback, which every sink has',
    code: withKey("doc: '', default: 1, format: 'whole'", 'fallback'),
    says: /schema may not have a key "fallback", which every sink has from the core/,
  },
  {
    name: 'a key expire_after, which every sink has',
    code: withKey("doc: '', default: 1, format: 'whole'", 'expire_after'),
    says: /schema may not have a key "expire_after", which every sink has from the core/,
  },
  {
    name: 'a key that convict would take for a value',
    code: withKey("doc: '', default: 1, format: 'whole'", 'default'),
    says: /may not have a key "default"$/,
  },
  {
    name: 'a key in another spelling',
    code: withKey("doc: '', default: 1, format: 'whole'", 'accessToken'),
    says: /may not have a key "accessToken"/,
  },
];

for (const { name, code, says } of BROKEN) {
  test(`refuses a plugin with ${name}`, async (context) => {
    const { loader } = await loaderWith(context, { 'alpha.mjs': code });
    await assert.rejects(loader.find('./alpha.mjs'), { code: 'plugin_broken', message: says });
  });
}

test('refuses a built-in plugin whose name is not that of its folder', async (context) => {
  const { loader } = await loaderWith(context, { 'plugins/beta/index.ts': `export default ${SOUND};` });
  await assert.rejects(loader.find('beta'), {
    code: 'plugin_broken',
    message: /its name is alpha, its folder beta/,
  });
});

test('says what a package needs that exports nothing to load', async (context) => {
  const { loader } = await loaderWith(context, {
    'node_modules/esm-only/package.json': '{"type": "module", "exports": {"browser": "./index.js"}}',
  });
  await assert.rejects(loader.find('esm-only'), { code: 'plugin_broken', hint: /"default"/ });
});

function withKey(setting: string, key = 'key'): string {
  return `export default { name: 'alpha', schema: { ${key}: { ${setting} } }, create() {} };`;
}
