/** What people copy must load, and what docs/configuration.md says of a key must be what the code does. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { BUILT_IN_PLUGINS, createPluginLoader } from '../plugin/load.ts';
import type { Setting } from './formats.ts';
import { loadConfig } from './load.ts';
import { REWRITE_SETTINGS } from './rewrite-rules.ts';
import { ROUTE_SETTINGS } from './routes.ts';
import { CORE_SETTINGS } from './schema.ts';
import { twinOf } from './secret-files.ts';
import { SINK_SETTINGS } from './sinks.ts';
import { TEST_CERTIFICATE } from './testing/certificate.ts';
import { temporaryFolder } from './testing/sample.ts';
import { WATCHDOG_SETTINGS } from './watchdog.ts';

const ROOT = new URL('../../../', import.meta.url);
const PAGE = 'docs/configuration.md';
const loader = createPluginLoader({ pluginsDir: BUILT_IN_PLUGINS });
const page = await readFile(new URL(PAGE, ROOT), 'utf8');

for (const file of await filesUnder('config')) {
  test(`loads ${file}`, async (context) => {
    await loadSample(context, await readFile(new URL(file, ROOT), 'utf8'));
  });
}

for (const file of [PAGE, ...(await pluginReadmes())]) {
  const text = await readFile(new URL(file, ROOT), 'utf8');
  [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].forEach(([, sample = ''], index) => {
    // A page may show other programs' files too, such as Alertmanager's.
    if (!/^sinks:/m.test(sample)) return;
    test(`loads sample ${index + 1} of ${file}`, (context) => loadSample(context, sample));
  });
}

test('describes every key of the core with its type, default and variable, and no other', () => {
  const expected = Object.entries(CORE_SETTINGS).flatMap(([key, setting]) => {
    const row = rowOf(key, setting, setting.env);
    const twin = twinOf(key, setting);
    return twin === undefined ? [row] : [row, [twin, 'text', '', `${setting.env}_FILE`]];
  });
  assert.deepEqual(sortRows(rowsOf(page, 5)), sortRows(expected));
});

test('describes every key of sinks, routes, rewrite rules and the watchdog, and no other', () => {
  const lists = {
    'sinks.<name>.': SINK_SETTINGS,
    'routes[].': ROUTE_SETTINGS,
    'links.rewrite[].': REWRITE_SETTINGS,
    'watchdog.': WATCHDOG_SETTINGS,
  };
  const expected = Object.entries(lists).flatMap(([prefix, settings]) =>
    Object.entries(settings).map(([key, setting]) => rowOf(`${prefix}${key}`, setting).slice(0, 3)),
  );
  assert.deepEqual(sortRows(rowsOf(page, 4)), sortRows(expected));
});

for (const readme of await pluginReadmes()) {
  test(`names every key of the plugin in ${readme}, and no other in its table`, async () => {
    const { schema } = await loader.find(path.basename(path.dirname(readme)));
    const text = await readFile(new URL(readme, ROOT), 'utf8');
    const configuration = text.split(/^## /m).find((section) => section.startsWith('Configuration')) ?? '';
    const keys = Object.entries(schema).flatMap(([key, setting]) => [key, twinOf(key, setting) ?? key]);
    for (const key of keys)
      assert.ok(configuration.includes(`\`${key}\``), `${readme} does not name \`${key}\``);
    for (const [, key = ''] of configuration.matchAll(/^\| `([a-z0-9_]+)`/gm)) {
      assert.ok(
        [...keys, ...Object.keys(SINK_SETTINGS)].includes(key),
        `${readme} has a row for ${key}, which does not exist`,
      );
    }
  });
}

/** Loads a text as if each secret and certificate file that it names were there. */
async function loadSample(context: TestContext, text: string): Promise<void> {
  const directory = await temporaryFolder(context);
  let sample = text;
  const secrets = secretFilesIn(parse(text)).map((name) => [name, secretFor(name)] as const);
  for (const [name, content] of [...secrets, ...certificateFilesIn(text)]) {
    const file = path.join(directory, name);
    if (path.isAbsolute(name)) sample = sample.replaceAll(name, file);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  await writeFile(path.join(directory, 'sample.yaml'), sample);
  const config = await loadConfig('sample.yaml', { env: {}, findPlugin: loader.find, directory });
  assert.deepEqual(config.warnings, []);
}

/** By the names that the samples use: no sample may be warned of. */
function secretFor(file: string): string {
  if (file.includes('url')) return 'https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef\n';
  return file.includes('secret') && !file.includes('token') ? 'SEC0123456789abcdef\n' : '0123456789abcdef\n';
}

function secretFilesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) =>
    key.endsWith('_file') && typeof below === 'string' ? [below] : secretFilesIn(below),
  );
}

/** Named in the URL of a database. */
function certificateFilesIn(text: string): (readonly [string, string])[] {
  return [...text.matchAll(/[?&]sslrootcert=([^&"\s]+)/g)].map(([, name = '']) => [name, TEST_CERTIFICATE]);
}

/** Key, type, default and (of five columns) variable of each row of the tables with so many columns. */
function rowsOf(text: string, columns: 4 | 5): string[][] {
  const rows = text.split('\n').flatMap((line) => {
    // A bar with a backslash is a part of the text.
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('`', ''));
    return cells.length === columns + 2 && /^[a-z.<>[\]_]+\.[a-z_]+$/.test(cells[1] ?? '')
      ? [cells.slice(1, columns)]
      : [];
  });
  assert.ok(rows.length > 0, 'no table was found');
  return rows;
}

const TYPES: Readonly<Record<string, string>> = {
  text: 'text',
  required_text: 'text',
  flag: 'flag',
  whole: 'whole',
  duration: 'duration',
  size: 'size',
  http_url: 'URL',
  text_list: 'list',
  text_map: 'map',
};

function rowOf(key: string, { format, sensitive, default: fallback }: Setting, env = ''): string[] {
  const type = typeof format === 'string' ? (TYPES[format] ?? format) : `one of ${format.join(', ')}`;
  const shown = Array.isArray(fallback) ? '[]' : String(fallback ?? '');
  return [key, sensitive !== undefined ? `${type}, secret` : type, shown, env];
}

function sortRows(rows: readonly (readonly string[])[]): string[] {
  return rows.map((row) => row.join(' | ')).sort();
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(new URL(folder, ROOT), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(new URL(ROOT).pathname, path.join(entry.parentPath, entry.name)));
}

async function pluginReadmes(): Promise<string[]> {
  const names = await loader.available();
  return names
    .map((name) => `src/plugins/${name}/README.md`)
    .filter((file) => existsSync(new URL(file, ROOT)));
}
