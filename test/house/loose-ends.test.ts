/**
 * What is left in a file while one works on it and must not stay: tests that run alone, tests set aside, notes to oneself,
 * paths of one person's machine.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertKept, complainOfMatches, type Rule, readTree, type SourceFile } from './source-tree.ts';

/** These rules and their samples hold what they forbid. */
const OWN_FOLDER = 'test/house/';
const PLACES = /\.\.\/shared\b(?!-)|\/work\/(?:main|shared|\.)/g;

const leaveNoTestsAside: Rule = (files) =>
  files.filter(isCode).flatMap((file) =>
    complainOfMatches(
      file,
      /\b(?:test|it|describe|suite)\.(?:only|skip|todo)\(|\bonly: true\b|\bskip: true\b/g,
      (found) => ({
        what: `${found} leaves tests out`,
        mend: "run them all; a test that cannot run somewhere says why: { skip: condition && 'why' }",
      }),
    ),
  );

const leaveNoNotes: Rule = (files) =>
  files.filter(isCode).flatMap((file) =>
    complainOfMatches(file, /\b(?:TODO|FIXME|XXX)\b(?!\s*\(?#\d)/g, (found) => ({
      what: `${found} without an issue`,
      mend: 'do it now, or file an issue and write its number: TODO(#12): …',
    })),
  );

const nameNoPlaces: Rule = (files) =>
  files
    .filter((file) => !file.path.startsWith(OWN_FOLDER))
    .flatMap((file) =>
      complainOfMatches(file, PLACES, (found) => ({
        what: `names ${found}, which no reader of this repository has`,
        mend: 'cite a public page, or write down here what it says',
      })),
    );

const CODE = [...readTree('src'), ...readTree('scripts'), ...readTree('test')];

test('no test runs alone or is set aside', () => {
  assertKept(leaveNoTestsAside, CODE);
});

test('notes of what is still to do name an issue', () => {
  assertKept(leaveNoNotes, CODE);
});

test('no file names a place that only its author has', () => {
  assertKept(nameNoPlaces, readTree());
});

const samples: readonly { name: string; rule: Rule; text: string; complaints: number }[] = [
  { name: 'a test that runs alone', rule: leaveNoTestsAside, text: "test.only('a', f)", complaints: 1 },
  { name: 'a suite set aside', rule: leaveNoTestsAside, text: "describe.skip('a', f)", complaints: 1 },
  {
    name: 'a test set aside by an option',
    rule: leaveNoTestsAside,
    text: "test('a', { skip: true }, f)",
    complaints: 1,
  },
  {
    name: 'a test that says why it cannot run',
    rule: leaveNoTestsAside,
    text: "test('a', { skip: noDocker && 'no Docker' }, f)",
    complaints: 0,
  },
  { name: 'a note without an issue', rule: leaveNoNotes, text: '// TODO: later', complaints: 1 },
  { name: 'a note with its issue', rule: leaveNoNotes, text: '// TODO(#12): later', complaints: 0 },
  { name: 'a path of one machine', rule: nameNoPlaces, text: 'see ../shared/facts', complaints: 1 },
  {
    name: 'an import that looks a little like one',
    rule: nameNoPlaces,
    text: "import './shared-clock.ts'",
    complaints: 0,
  },
];
for (const { name, rule, text, complaints } of samples) {
  test(`${complaints === 0 ? 'accepts' : 'complains of'} ${name}`, () => {
    assert.equal(rule([{ path: 'src/a.ts', text }]).length, complaints);
  });
}

function isCode({ path }: SourceFile): boolean {
  return path.endsWith('.ts') && !path.startsWith(OWN_FOLDER);
}
