/** What `npm run new-sink` makes is a plugin like any other from its first minute: types, its own tests, the suite. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { copyTemplate, renameIn, TEMPLATE } from '../../scripts/new-sink/copy-template.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { describePlugin, loadSubject } from './plugin-suite.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NAME = 'team-pager';

const tree = createTempDir();
const pluginsDir = growTree(tree.path);
const folder = copyTemplate({ pluginsDir, name: NAME });
const subject = await loadSubject(NAME, pathToFileURL(`${pluginsDir}/`));

after(tree.remove);

describe('a new sink', () => {
  test('has the files of the template', () => {
    assert.deepEqual(filesIn(folder), filesIn(join(pluginsDir, TEMPLATE)));
  });

  test('does not speak of the template', () => {
    for (const file of filesIn(folder)) {
      assert.doesNotMatch(readFileSync(join(folder, file), 'utf8'), /console(?!\.)/i, file);
    }
  });

  test('has the right types', () => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', tree.path], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  test('passes its own tests', () => {
    const files = filesIn(folder).filter((file) => file.endsWith('.test.ts'));
    assert.notEqual(files.length, 0);
    const { status, stdout } = spawnSync(process.execPath, ['--test', '--test-isolation=none', ...files], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    });
    assert.equal(status, 0, stdout);
  });

  test('is not made twice, and nothing is changed by the attempt', () => {
    const before = filesIn(folder);
    assert.throws(() => copyTemplate({ pluginsDir, name: NAME }), /team-pager is there already/);
    assert.throws(() => copyTemplate({ pluginsDir, name: '../team-pager' }), /expected a name such as/);
    assert.deepEqual(filesIn(folder), before);
    assert.deepEqual(readdirSync(pluginsDir).sort(), [TEMPLATE, NAME]);
  });

  test('leaves what Node calls console alone', () => {
    assert.equal(renameIn("console.log('console', ConsoleConfig)", 'x-y'), "console.log('x-y', XYConfig)");
  });
});

describePlugin(subject);

/** A tree with the template alone, over the real core; returns the folder of its plugins. */
function growTree(root: string): string {
  const plugins = join(root, 'src', 'plugins');
  mkdirSync(plugins, { recursive: true });
  cpSync(join(ROOT, 'src', 'plugins', TEMPLATE), join(plugins, TEMPLATE), { recursive: true });
  for (const part of ['src/core', 'node_modules', 'package.json'])
    symlinkSync(join(ROOT, part), join(root, part));
  const tsconfig = { extends: join(ROOT, 'tsconfig.json'), include: ['src/plugins'] };
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify(tsconfig));
  return plugins;
}

/** Relative to it, those in folders below included. */
function filesIn(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
}
