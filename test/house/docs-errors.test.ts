/** docs/errors.md and the code name the same error codes, and the same reasons with the same outcomes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROBLEM_STATUS } from '../../src/core/http/problem.ts';
import { REASONS } from '../../src/core/plugin/outcome.ts';
import { readPage, rowsOf, sectionOf } from './docs-markdown.ts';
import { isProduct, readTree, type SourceFile, withoutComments } from './source-tree.ts';

const PAGE = readPage('docs/errors.md');
const CODES = sectionOf(PAGE, '## Error codes');
const HTTP_CODES = sectionOf(PAGE, '### Answers to webhooks');
const SOURCE = readTree('src').filter(isProduct);

const RAISED = /\b(?:NotifierdError|PayloadError|UnavailableError|HttpProblem|faulty|super)\(\s*'([a-z_]+)'/g;
/** Between threads, errors travel as fields. */
const FIELD = /\bcode: '([a-z]+(?:_[a-z]+)+)'/g;
/** An error whose code is not written where it is raised. */
const PASSED_ON = /\bnew (?:NotifierdError|PayloadError|UnavailableError|HttpProblem)\(\s*([^'\s,)]+)/g;

test('every error code in the source is explained, and every explained code is in the source', () => {
  assert.deepEqual(documented(CODES), codesIn(SOURCE));
});

test('codes are written where they are raised, so that the comparison sees them', () => {
  const passedOn = SOURCE.flatMap(({ text }) => [...withoutComments(text).matchAll(PASSED_ON)]);
  assert.deepEqual([...new Set(passedOn.map(([, word]) => word))].sort(), ['code', 'report.code']);
});

test('the problems of the HTTP edge have the status that the page says', () => {
  const statuses = new Map(rowsOf(HTTP_CODES).map(([code = '', status]) => [code, status]));
  for (const [code, status] of Object.entries(PROBLEM_STATUS)) {
    assert.equal(statuses.get(code), String(status), code);
  }
});

test('every reason is explained under its outcome, and no other', () => {
  const rows = rowsOf(sectionOf(PAGE, '## Outcomes and reasons'));
  const explained = rows.filter(isCodeRow).map(([reason, outcome]) => `${outcome} ${reason}`);
  const reasons = Object.entries(REASONS).flatMap(([outcome, own]) =>
    own.map((reason) => `${outcome} ${reason}`),
  );
  assert.deepEqual(explained.sort(), reasons.sort());
});

test('no row of the page lacks a meaning', () => {
  for (const row of rowsOf(PAGE.text).filter(isCodeRow))
    assert.ok(row[1] !== '' && row[2] !== '', row.join());
});

test('finds the codes of all kinds of errors, and not those in comments', () => {
  const text = `throw new NotifierdError(\n 'one', \`x\`);  // throw new PayloadError('not_this')\nsuper('two', x);\nreport({ code: 'three_codes' });`;
  const own = Object.keys(PROBLEM_STATUS);
  assert.deepEqual(codesIn([{ path: 'src/a.ts', text }]), [...own, 'one', 'three_codes', 'two'].sort());
});

function codesIn(files: readonly SourceFile[]): readonly string[] {
  const found = files.flatMap(({ text }) => {
    const code = withoutComments(text);
    return [...code.matchAll(RAISED), ...code.matchAll(FIELD)].map(([, word = '']) => word);
  });
  return [...new Set([...found, ...Object.keys(PROBLEM_STATUS)])].sort();
}

function documented(text: string): readonly string[] {
  return rowsOf(text)
    .filter(isCodeRow)
    .map(([code = '']) => code)
    .sort();
}

function isCodeRow([code = '']: readonly string[]): boolean {
  return /^[a-z_]+$/.test(code) && code !== 'code' && code !== 'reason';
}
