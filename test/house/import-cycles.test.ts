/**
 * No file imports itself by a detour, types included: each can be understood after those that it imports.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Import, importsOf } from './imports.ts';
import { assertKept, type Complaint, type Rule, readTree, type SourceFile } from './source-tree.ts';

const haveNoCycles: Rule = (files) => {
  const imports = new Map(files.filter(isCode).map((file) => [file.path, importsOf(file)]));
  const clean = new Set<string>();
  return [...imports.keys()].flatMap((path) => findCycle(path, imports, clean, []));
};

test('no imports go round in a circle', () => {
  assertKept(haveNoCycles, [...readTree('src'), ...readTree('scripts'), ...readTree('test')]);
});

test('complains of a circle once, and names all its files', () => {
  const files = [
    { path: 'src/a.ts', text: "\nimport { b } from './b.ts';" },
    { path: 'src/b.ts', text: "import type { c } from './c.ts';" },
    { path: 'src/c.ts', text: "export { a } from './a.ts';" },
    { path: 'src/d.ts', text: "import { a } from './a.ts';" },
  ];
  const complaints = haveNoCycles(files);
  assert.equal(complaints.length, 1);
  assert.equal(complaints[0]?.what, 'imports go round: src/a.ts → src/b.ts → src/c.ts → src/a.ts');
  assert.equal(complaints[0]?.line, 1);
});

function isCode({ path }: SourceFile): boolean {
  return path.endsWith('.ts');
}

/** Depth first: a file that is met again on the way to itself closes a cycle. Files known to lead to none stay in `clean`. */
function findCycle(
  path: string,
  imports: ReadonlyMap<string, readonly Import[]>,
  clean: Set<string>,
  way: readonly Import[],
): readonly Complaint[] {
  if (clean.has(path)) return [];
  const start = way.findIndex((step) => step.from.path === path);
  if (start >= 0) return [complainOf(way.slice(start))];
  const complaints = (imports.get(path) ?? []).flatMap((next) =>
    next.path === undefined ? [] : findCycle(next.path, imports, clean, [...way, next]),
  );
  clean.add(path);
  return complaints;
}

function complainOf(cycle: readonly Import[]): Complaint {
  const last = cycle.at(-1);
  assert.ok(last?.path !== undefined);
  return {
    path: last.from.path,
    line: last.line,
    what: `imports go round: ${[...cycle.map((step) => step.from.path), last.path].join(' → ')}`,
    mend: 'move what both need into a file of its own',
  };
}
