/** The prose of the docs: our words, and no praise. Code in it may hold what others have named. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proseOf, readPages } from './docs-markdown.ts';
import { assertKept, complainOfMatches, type Rule } from './source-tree.ts';

/** Words that fit anything (docs/architecture.md has ours); as verbs only: process. */
const UNUSED =
  /\b(?:managers?|utils?|utilit(?:y|ies)|misc|data|infos?|handlers?|targets?|providers?|process(?:ed|ing))\b/gi;
const PRAISE =
  /\b(?:blazing(?:ly)?|seamless(?:ly)?|powerful|robust(?:ly)?|simply|easily|effortless(?:ly)?|cutting[- ]edge|world-class|enterprise-grade|rock[- ]solid|state[- ]of[- ]the[- ]art)\b/gi;

const speakPlainly: Rule = (pages) =>
  pages.flatMap((page) => {
    const prose = { path: page.path, text: proseOf(page) };
    return [
      ...complainOfMatches(prose, UNUSED, (found) => ({
        what: `"${found}" is a word that we do not use`,
        mend: 'docs/architecture.md lists our words',
      })),
      ...complainOfMatches(prose, PRAISE, (found) => ({
        what: `"${found}" is praise`,
        mend: 'say what it does, and let the reader judge',
      })),
    ];
  });

test('the docs use our words and praise nothing', () => {
  assertKept(speakPlainly, readPages());
});

const samples: readonly { name: string; text: string; complaints: number }[] = [
  { name: "another's word", text: 'The lane manager is a handler.', complaints: 2 },
  { name: 'a verb that says nothing', text: 'Events are processed.', complaints: 1 },
  { name: 'praise', text: 'Simply powerful.', complaints: 2 },
  { name: 'Alertmanager and a process', text: 'Alertmanager is a process of its own.', complaints: 0 },
  { name: 'words in code', text: 'The level `info`, and\n```sh\nls data\n```\n', complaints: 0 },
];
for (const { name, text, complaints } of samples) {
  test(`${complaints === 0 ? 'accepts' : 'complains of'} ${name}`, () => {
    assert.equal(speakPlainly([{ path: 'docs/a.md', text }]).length, complaints);
  });
}
