/**
 * Exported names use the words of docs/architecture.md. Words that fit anything, and the metaphors of other projects, are not
 * among them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertKept,
  type Complaint,
  isProduct,
  lineOf,
  type Rule,
  readTree,
  type SourceFile,
  withoutComments,
} from './source-tree.ts';

/** The word, and what to write instead. */
const UNUSED: Readonly<Record<string, string>> = {
  manager: 'say what it does: lane, outbox, …',
  util: 'name the one thing that it does',
  utils: 'name the one thing that it does',
  common: 'name what is shared',
  misc: 'name the one thing that it does',
  data: 'say which: event, payload, message, row, …',
  info: 'say what it tells',
  process: 'say what is done: parse, compose, send, settle, …',
  handler: 'name what it does; only HTTP has handlers',
  target: 'a sink is meant, or an address',
  provider: 'a plugin is meant',
};
/** Words of others that keep their meaning: Alertmanager's payload, and Prometheus's build_info. */
const BORROWED = /^(?:common(?:Labels|Annotations)|buildInfo)$/i;
const EXPORT =
  /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|let|class|interface|type)\s+([\w$]+)/gm;

const useOurWords: Rule = (files) => files.filter(isProduct).flatMap(complainOfNames);

test('exported names use our words', () => {
  assertKept(useOurWords, readTree('src'));
});

const samples: readonly { name: string; path: string; text: string; complaints: number }[] = [
  { name: 'a manager', path: 'src/a.ts', text: 'export class LaneManager {}', complaints: 1 },
  { name: 'a constant in capitals', path: 'src/a.ts', text: 'export const MISC_LIMITS = 1;', complaints: 1 },
  {
    name: 'two words in one name',
    path: 'src/a.ts',
    text: 'export async function processData() {}',
    complaints: 2,
  },
  { name: 'a process', path: 'src/a.ts', text: 'export interface Process {}', complaints: 0 },
  {
    name: 'a word inside another',
    path: 'src/a.ts',
    text: 'export const database = 1; export type Processed = 2;',
    complaints: 0,
  },
  {
    name: 'a handler outside HTTP',
    path: 'src/core/delivery/a.ts',
    text: 'export function errorHandler() {}',
    complaints: 1,
  },
  {
    name: 'a handler of HTTP',
    path: 'src/core/http/a.ts',
    text: 'export function errorHandler() {}',
    complaints: 0,
  },
  {
    name: "Alertmanager's commonLabels",
    path: 'src/a.ts',
    text: 'export type CommonLabels = 1;',
    complaints: 0,
  },
  { name: 'a name that is not exported', path: 'src/a.ts', text: 'const data = 1;', complaints: 0 },
];
for (const { name, path, text, complaints } of samples) {
  test(`${complaints === 0 ? 'accepts' : 'complains of'} ${name}`, () => {
    assert.equal(useOurWords([{ path, text }]).length, complaints);
  });
}

function complainOfNames(file: SourceFile): readonly Complaint[] {
  const code = withoutComments(file.text);
  return [...code.matchAll(EXPORT)].flatMap((match) => {
    const name = match[1] ?? '';
    return unusedWordsIn(name, file.path).map((word) => ({
      path: file.path,
      line: lineOf(code, match.index),
      what: `exports ${name}: "${word}" is a word that we do not use`,
      mend: UNUSED[word] ?? '',
    }));
  });
}

function unusedWordsIn(name: string, path: string): readonly string[] {
  if (BORROWED.test(name)) return [];
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_');
  return (
    words
      .filter((word) => Object.hasOwn(UNUSED, word))
      .filter((word) => word !== 'handler' || !path.startsWith('src/core/http/'))
      // A process is a thing that one may speak of; to process is a verb that says nothing.
      .filter((word) => word !== 'process' || /^process[A-Z]/.test(name))
  );
}
