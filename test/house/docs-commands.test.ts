/** Every command that the docs show in an `sh` block is one that there is: npm's scripts, and notifierd's own commands. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fencesOf, readPages } from './docs-markdown.ts';
import { assertKept, type Complaint, type Rule, readTree, type SourceFile } from './source-tree.ts';

/** What npm does without a script of ours. */
const NPM_ITSELF = new Set(['ci', 'install', 'pack', 'publish']);

// Our own file.
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const COMMANDS = commandsIn(readTree('src/cli'));

const showRealCommands: Rule = (pages) =>
  pages.flatMap((page) =>
    fencesOf(page)
      .filter(({ language }) => language === 'sh')
      .flatMap((fence) =>
        fence.text.split('\n').flatMap((text, index) => complainOf(text, page.path, fence.line + index)),
      ),
  );

test('every npm script and every command of notifierd that the docs show exists', () => {
  assertKept(showRealCommands, readPages());
});

test('the commands are found in the source', () => {
  assert.deepEqual([...COMMANDS].sort(), [
    'check-config',
    'dead-letters',
    'events',
    'migrate-outbox',
    'render',
    'serve',
  ]);
});

const samples: readonly { name: string; line: string; complaints: number }[] = [
  { name: 'a script', line: 'npm run check', complaints: 0 },
  { name: 'a quiet script with arguments', line: 'npm run -s notifierd -- serve --config x', complaints: 0 },
  { name: "npm's short forms", line: 'npm test && npm start', complaints: 0 },
  { name: "npm's own commands", line: 'npm ci', complaints: 0 },
  { name: 'a command', line: 'notifierd check-config FILE', complaints: 0 },
  { name: 'an option', line: 'notifierd --version', complaints: 0 },
  { name: 'another program', line: 'sqlite3 data/notifierd.db vacuum', complaints: 0 },
  { name: 'a missing script', line: 'npm run nowhere', complaints: 1 },
  { name: 'a missing short form', line: 'npm restart', complaints: 1 },
  { name: 'a missing command', line: 'notifierd reload', complaints: 1 },
  { name: 'a missing command through npm', line: 'npm run notifierd -- reload', complaints: 1 },
];
for (const { name, line, complaints } of samples) {
  test(`${complaints === 0 ? 'accepts' : 'complains of'} ${name}`, () => {
    assert.equal(
      showRealCommands([{ path: 'a.md', text: `\`\`\`sh\n${line}\n\`\`\`\n` }]).length,
      complaints,
    );
  });
}

function complainOf(text: string, path: string, line: number): readonly Complaint[] {
  return text.split(/\s*(?:&&|\||;)\s*/).flatMap((command) => {
    const what = missingIn(command.trim().split(/\s+/));
    return what === undefined ? [] : [{ path, line, what, mend: 'show a command that there is' }];
  });
}

function missingIn([program = '', ...words]: readonly string[]): string | undefined {
  if (program === 'notifierd') return missingCommand(words);
  if (program !== 'npm') return undefined;
  const [verb = '', ...rest] = words.filter((word) => !/^-\w|^--\w/.test(word));
  if (verb !== 'run') {
    return NPM_ITSELF.has(verb) || Object.hasOwn(scripts, verb) ? undefined : `there is no npm ${verb}`;
  }
  const [script = '', ...given] = rest;
  if (!Object.hasOwn(scripts, script)) return `package.json has no script ${script}`;
  return script === 'notifierd' ? missingCommand(given.filter((word) => word !== '--')) : undefined;
}

function missingCommand([word = '']: readonly string[]): string | undefined {
  return word === '' || word.startsWith('-') || COMMANDS.has(word)
    ? undefined
    : `notifierd has no command ${word}`;
}

function commandsIn(files: readonly SourceFile[]): ReadonlySet<string> {
  const usages = files.flatMap(({ text }) => [...text.matchAll(/\busage: '([a-z-]+)/g)]);
  return new Set(usages.map(([, word = '']) => word));
}
