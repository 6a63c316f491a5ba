/**
 * How a file is named, how it begins, and how long it may grow.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertKept, isProduct, type Rule, readTree, type SourceFile } from './source-tree.ts';

/** A file past 200 lines is asked whether it is two; this leaves room for those with a good answer. */
const MOST_LINES = 220;
/** Lists: one thing each, with as many lines as there are tables and columns, or metrics. */
const LISTS = [
  'src/core/outbox/schema.ts',
  'src/core/outbox/migrations/0001-first.ts',
  'src/core/telemetry/catalogue.ts',
];
const MOST_LINES_OF_LISTS = 300;
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/;
const CATCH_ALLS = /^(?:types|utils?|constants|helpers?|interfaces|common|misc)(?:\.test)?\.ts$/;
/** A comment of the file's own, after a shebang if there is one: with words in it, and not that of the first declaration. */
const HEADER =
  /^(?:#![^\n]*\n)?\/\*\*[\s*]*[^\s*/][\s\S]*?\*\/\n(?!(?:export )?(?:default |async )*(?:const|let|function|class|interface|type) \w)/;

const haveGoodNames: Rule = (files) =>
  files.filter(isCode).flatMap(({ path }) => {
    const name = path.split('/').at(-1) ?? '';
    if (!KEBAB_CASE.test(name)) {
      return [{ path, line: 1, what: `the name ${name} is not kebab-case`, mend: 'name it like-this.ts' }];
    }
    if (!CATCH_ALLS.test(name)) return [];
    return [
      {
        path,
        line: 1,
        what: `${name} can hold anything`,
        mend: 'name the one thing in it; a type lives with its owner',
      },
    ];
  });

const haveHeaders: Rule = (files) =>
  files
    .filter((file) => isCode(file) && !file.path.endsWith('.test.ts') && !HEADER.test(file.text))
    .map(({ path }) => ({
      path,
      line: 1,
      what: 'does not begin with a header comment',
      mend: 'begin with /** and one paragraph: what this is, where it sits, what it leaves to others */',
    }));

const stayShort: Rule = (files) =>
  files
    .filter((file) => isProduct(file) && lineCount(file) > mostLinesOf(file))
    .map((file) => ({
      path: file.path,
      line: mostLinesOf(file) + 1,
      what: `has ${lineCount(file)} lines, more than ${mostLinesOf(file)}`,
      mend: 'it is probably two things: give each a file',
    }));

const CODE = [...readTree('src'), ...readTree('scripts'), ...readTree('test')];

test('files are named in kebab-case, for the one thing in them', () => {
  assertKept(haveGoodNames, CODE);
});

test('each file begins with a paragraph about itself', () => {
  assertKept(haveHeaders, CODE);
});

test('no product file grows beyond its limit', () => {
  assertKept(stayShort, CODE);
});

const names: readonly { name: string; path: string; complaints: number }[] = [
  { name: 'kebab-case', path: 'src/core/http-client.ts', complaints: 0 },
  { name: 'a test', path: 'src/core/http-client.test.ts', complaints: 0 },
  { name: 'camelCase', path: 'src/core/httpClient.ts', complaints: 1 },
  { name: 'snake_case', path: 'src/core/http_client.ts', complaints: 1 },
  { name: 'a catch-all', path: 'src/core/types.ts', complaints: 1 },
  { name: 'a recorded file', path: 'src/plugins/x/testdata/BIG_One.json', complaints: 0 },
];
for (const { name, path, complaints } of names) {
  test(`${complaints === 0 ? 'accepts' : 'refuses'} the name of ${name}`, () => {
    assert.equal(haveGoodNames([{ path, text: '' }]).length, complaints);
  });
}

const beginnings: readonly { name: string; text: string; complaints: number }[] = [
  { name: 'a paragraph', text: "/**\n * What this is.\n */\nimport 'a';\n", complaints: 0 },
  { name: 'a line', text: '/** What this is. */\n\n/** A. */\nexport const A = 1;\n', complaints: 0 },
  {
    name: 'a shebang and a paragraph',
    text: '#!/usr/bin/env node\n/**\n * Starts it.\n */\nrun();\n',
    complaints: 0,
  },
  { name: 'code', text: "import 'a';\n", complaints: 1 },
  { name: 'an empty comment', text: "/**\n */\nimport 'a';\n", complaints: 1 },
  { name: 'the comment of an export', text: '/** A. */\nexport const A = 1;\n', complaints: 1 },
  { name: 'the comment of a function', text: '/** A. */\nexport async function a() {}\n', complaints: 1 },
];
for (const { name, text, complaints } of beginnings) {
  test(`${complaints === 0 ? 'accepts' : 'refuses'} a file that begins with ${name}`, () => {
    assert.equal(haveHeaders([{ path: 'src/a.ts', text }]).length, complaints);
  });
}

test('counts lines as people do', () => {
  assert.equal(stayShort([{ path: 'src/a.ts', text: 'a\n'.repeat(MOST_LINES) }]).length, 0);
  assert.equal(stayShort([{ path: 'src/a.ts', text: 'a\n'.repeat(MOST_LINES + 1) }]).length, 1);
  assert.equal(stayShort([{ path: 'src/a.test.ts', text: 'a\n'.repeat(MOST_LINES + 1) }]).length, 0);
});

function isCode({ path }: SourceFile): boolean {
  return path.endsWith('.ts') && !path.includes('/testdata/') && !path.includes('/fixtures/');
}

function mostLinesOf({ path }: SourceFile): number {
  return LISTS.includes(path) ? MOST_LINES_OF_LISTS : MOST_LINES;
}

function lineCount({ text }: SourceFile): number {
  return text.replace(/\n$/, '').split('\n').length;
}
