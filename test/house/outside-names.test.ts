/**
 * Names from outside (sinks, labels, routes, codes, keys of a file) are never looked up on a plain object, which also answers to the names
 * that it inherits: `constructor`, `toString`, `__proto__`. What is collected by name is a Map; what comes as an object is asked with
 * ownValue(). The compiler knows which types take any name: those with an index signature.
 */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import {
  isBinaryExpression,
  isElementAccessExpression,
  isForInStatement,
  isNumericLiteral,
  isStringLiteral,
} from 'typescript/unstable/ast/is';
import { API, type Project, type Type, TypeFlags } from 'typescript/unstable/sync';
import { createTempDir } from '../support/temp-dir.ts';
import { type Complaint, isProduct } from './source-tree.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where it may be all the same, and why. */
const EXCEPT: ReadonlyMap<string, string> = new Map([
  ['src/core/event/own-value.ts', 'asks first whether the name is its own'],
  ['src/core/intake/alertmanager/text-map.ts', 'builds the maps that inherit nothing'],
]);
const MEND = 'collect in a Map, or ask with ownValue() (src/core/event/own-value.ts)';

test('no name from outside is looked up on a plain object', () => {
  const complaints = judge(ROOT, (path) => isProduct({ path, text: '' }) && !EXCEPT.has(path));
  const lines = complaints.map(({ path, line, what, mend }) => `${path}:${line}: ${what}; ${mend}`);
  assert.deepEqual(lines, []);
});

const samples: readonly { readonly name: string; readonly code: string; readonly complaints: number }[] = [
  { name: 'a count by name', code: 'const n = counts[name] ?? 0;', complaints: 1 },
  { name: 'a count that is written', code: 'counts[name] = 1;', complaints: 1 },
  {
    name: 'a name that is asked for first',
    code: 'const n = Object.hasOwn(counts, name) && counts[name];',
    complaints: 1,
  },
  { name: 'a text put together', code: "const n = counts['a' + name];", complaints: 1 },
  { name: 'an optional object', code: 'const n = perhaps?.[name];', complaints: 1 },
  { name: 'anything', code: 'const n = anything[name];', complaints: 1 },
  { name: 'the operator in', code: 'const n = name in counts;', complaints: 1 },
  { name: 'a loop over all that is inherited too', code: 'for (const n in counts) void n;', complaints: 1 },
  { name: 'a Map', code: 'const n = map.get(name);', complaints: 0 },
  { name: 'a list', code: 'const n = list[index];', complaints: 0 },
  { name: 'a closed list of names', code: 'const n = closed[word];', complaints: 0 },
  { name: 'a name of our own', code: "const n = counts['ops'];", complaints: 0 },
  { name: 'one of several forms', code: "const n = 'a' in either;", complaints: 0 },
];

test('the rule finds what it should, and nothing else', () => {
  const dir = createTempDir();
  const head = `declare const counts: Readonly<Record<string, number>> & Record<string, number>;
declare const perhaps: Record<string, number> | undefined;
declare const anything: any; declare const map: Map<string, number>; declare const list: readonly number[];
declare const closed: { readonly a: number; readonly b: number }; declare const word: 'a' | 'b';
declare const either: { readonly a: 1 } | { readonly b: 2 };
declare const name: string; declare const index: number;`;
  mkdirSync(join(dir.path, 'src'));
  symlinkSync(join(ROOT, 'node_modules'), join(dir.path, 'node_modules'));
  writeFileSync(join(dir.path, 'tsconfig.json'), '{"compilerOptions":{"strict":true},"include":["src"]}');
  for (const [index, { code }] of samples.entries())
    writeFileSync(join(dir.path, `src/sample-${index}.ts`), `${head}\n${code}\nexport {};\n`);
  const complaints = judge(`${dir.path}/`, () => true);
  dir.remove();
  assert.deepEqual(
    samples.map(({ name }, index) => [
      name,
      complaints.filter(({ path }) => path === `src/sample-${index}.ts`).length,
    ]),
    samples.map(({ name, complaints: expected }) => [name, expected]),
  );
});

/** The complaints about the files below a root that are wanted, by their paths from there. */
function judge(root: string, wants: (path: string) => boolean): Complaint[] {
  const api = new API({ cwd: root });
  try {
    const project = api.updateSnapshot({ openProjects: [join(root, 'tsconfig.json')] }).getProjects()[0];
    assert.ok(project !== undefined, `no project in ${root}`);
    const files = project.program.getSourceFileNames().filter((name) => name.startsWith(root));
    return files.flatMap((file) => {
      const path = file.slice(root.length);
      return path.startsWith('src/') && wants(path) ? judgeFile(project, { file, path }) : [];
    });
  } finally {
    api.close();
  }
}

function judgeFile(
  { program, checker }: Project,
  { file, path }: { readonly file: string; readonly path: string },
): Complaint[] {
  const source = program.getSourceFile(file);
  assert.ok(source !== undefined, `no source of ${file}`);
  const complaints: Complaint[] = [];
  const complain = (node: Node, what: string): void => {
    const line = source.text.slice(0, node.end).split('\n').length;
    complaints.push({ path, line, what: `${what}: ${node.getText(source)}`, mend: MEND });
  };
  const visit = (node: Node): void => {
    if (isElementAccessExpression(node)) {
      const { expression, argumentExpression: name } = node;
      const isOurs = isStringLiteral(name) || isNumericLiteral(name);
      if (!isOurs && takesAnyName(checker.getTypeAtLocation(expression))) complain(node, 'looks a name up');
    } else if (isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.InKeyword) {
      if (!isStringLiteral(node.left)) complain(node, 'finds inherited names too');
    } else if (isForInStatement(node)) complain(node.initializer, 'finds inherited names too');
    node.forEachChild(visit);
  };
  const takesAnyName = (type: Type | undefined): boolean => {
    if (type === undefined || (type.flags & TypeFlags.Any) !== 0) return true;
    if (type.isUnionType()) return (type.getTypes() ?? []).some(takesAnyName);
    return checker.getIndexInfosOfType(type).some(({ keyType }) => (keyType.flags & TypeFlags.String) !== 0);
  };
  visit(source);
  return complaints;
}
