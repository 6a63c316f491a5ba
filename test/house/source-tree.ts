/**
 * The repository's own files, as the house rules read them. A rule is a pure function from these files to complaints, so that
 * each rule's test can also show it files that break it.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A text file of the repository. */
export interface SourceFile {
  /** From the repository's root, with slashes: `src/core/clock.ts`. */
  readonly path: string;
  readonly text: string;
}

/** One place that breaks a rule. */
export interface Complaint {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** What is there. */
  readonly what: string;
  /** How to mend it. */
  readonly mend: string;
}

/** Looks at all files at once and returns what breaks it. */
export type Rule = (files: readonly SourceFile[]) => readonly Complaint[];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What git ignores, and git itself. */
const NOT_OURS = new Set(['.git', 'node_modules', 'dist', 'coverage', 'data', '.cache']);

/** All files below a folder, or the whole repository, in order of their paths. Empty if the folder does not exist (yet). */
export function readTree(folder = '.'): readonly SourceFile[] {
  return walk(join(ROOT, folder))
    .map((file) => ({ path: relative(ROOT, file).replaceAll(sep, '/'), text: readFileSync(file, 'utf8') }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** True for the product's code: not tests, not what only tests import. */
export function isProduct({ path }: SourceFile): boolean {
  return path.startsWith('src/') && path.endsWith('.ts') && !isForTests(path);
}

/** Fails with every complaint, a line each. */
export function assertKept(rule: Rule, files: readonly SourceFile[]): void {
  const complaints = rule(files);
  const lines = complaints.map(({ path, line, what, mend }) => `${path}:${line}: ${what}; ${mend}`);
  assert.ok(lines.length === 0, `\n${lines.join('\n')}\n`);
}

/** A complaint for every match of a pattern (with flag g) in a file, in its order. */
export function complainOfMatches(
  file: SourceFile,
  pattern: RegExp,
  words: (found: string) => Pick<Complaint, 'what' | 'mend'>,
): readonly Complaint[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineOf(file.text, match.index),
    ...words(match[0]),
  }));
}

/** The number of the line, from 1, in which an offset lies. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The text with comments blanked out, every line and column kept. Strings and templates are left alone. */
export function withoutComments(text: string): string {
  const pieces =
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<![\\:/[(])\/\/[^\n]*/g;
  return text.replace(pieces, (piece) => (piece.startsWith('/') ? piece.replace(/[^\n]/g, ' ') : piece));
}

function isForTests(path: string): boolean {
  return /\.test\.ts$|\/testdata\/|\/testing\//.test(path);
}

function walk(folder: string): readonly string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (NOT_OURS.has(entry.name)) return [];
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() ? [path] : [];
  });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
