/**
 * No regular expression runs over what strangers send unless it takes linear time whatever they send. JavaScript's engine goes back and tries
 * again: some shapes take a minute for a header of 16 kB. Patterns of operators run on RE2, which never goes back.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyse } from 'scslre';
import { regexLiteralsIn, toRegExp } from './regex-literals.ts';
import {
  assertKept,
  complainOfMatches,
  isProduct,
  lineOf,
  type Rule,
  readTree,
  withoutComments,
} from './source-tree.ts';

/** The folder whose expressions see only what the operator wrote, once, at start. */
const OPERATORS_INPUT = 'src/core/config/';
/** Where expressions are made at run time. */
const MADE = [
  { path: 'src/core/telemetry/redact.ts', why: 'an alternative of escaped secrets, without any quantifier' },
];

const takeLinearTime: Rule = (files) =>
  files.filter(seesStrangersInput).flatMap(({ path, text }) =>
    regexLiteralsIn(text).flatMap((literal) => {
      const expression = toRegExp(literal);
      const [report] = analyse({ source: expression.source, flags: expression.flags }).reports;
      if (report === undefined) return [];
      const what = `${literal.text} takes ${report.exponential ? 'exponential' : 'quadratic'} time (${report.type})`;
      const mend =
        'parse by hand, let what follows a quantifier begin with what it does not take, or begin before it with such';
      return [{ path, line: lineOf(text, literal.at), what, mend }];
    }),
  );

const areWrittenDown: Rule = (files) =>
  files
    .filter((file) => seesStrangersInput(file) && !MADE.some(({ path }) => path === file.path))
    .flatMap(({ path, text }) =>
      complainOfMatches({ path, text: withoutComments(text) }, /\bRegExp\(/g, (found) => ({
        what: `makes an expression: ${found}`,
        mend: 'write it as a literal, which this test can look at, or use RE2JS',
      })),
    );

const SOURCES = readTree('src');

test('every expression over input of strangers takes linear time', () => {
  assertKept(takeLinearTime, SOURCES);
});

test('no expression is made at run time but of secrets', () => {
  assertKept(areWrittenDown, SOURCES);
  for (const { path } of MADE)
    assert.ok(SOURCES.some((file) => file.path === path && file.text.includes('RegExp(')));
});

test('all expressions are found', () => {
  const found = SOURCES.filter(isProduct).flatMap(({ text }) => regexLiteralsIn(text));
  assert.ok(found.length > 100, `${found.length} only`);
  for (const literal of found) assert.ok(toRegExp(literal));
});

const samples: readonly { name: string; path?: string; text: string; complaints: number }[] = [
  { name: 'what auth.ts once had', text: String.raw`/^(\S+) +(.*?) *$/s.exec(header)`, complaints: 1 },
  { name: 'blanks at the end', text: String.raw`text.replace(/\s+$/, '')`, complaints: 1 },
  { name: 'a quantifier in another', text: String.raw`/^(a+)+$/.test(text)`, complaints: 1 },
  {
    name: 'one in a template in a template',
    text: String.raw`${'`${`${a.replace(/x+$/, "")}`}`'}`,
    complaints: 1,
  },
  { name: 'one by the operator', path: 'src/core/config/a.ts', text: String.raw`/\s+$/`, complaints: 0 },
  { name: 'a fixed text at the end', text: String.raw`/\.\d+Z$/`, complaints: 0 },
  { name: 'a division', text: 'const a = b / c + d / e;', complaints: 0 },
  { name: 'a comment', text: String.raw`// never /\s+$/`, complaints: 0 },
  { name: 'a text', text: String.raw`const a = '/\\s+$/';`, complaints: 0 },
];
for (const { name, path = 'src/core/http/a.ts', text, complaints } of samples) {
  test(`${complaints === 0 ? 'accepts' : 'complains of'} ${name}`, () => {
    assert.equal(takeLinearTime([{ path, text }]).length, complaints);
  });
}

test('complains of an expression that is made at run time', () => {
  assert.equal(areWrittenDown([{ path: 'src/a.ts', text: 'new RegExp(text)' }]).length, 1);
});

function seesStrangersInput(file: { readonly path: string; readonly text: string }): boolean {
  return isProduct(file) && !file.path.startsWith(OPERATORS_INPUT);
}
