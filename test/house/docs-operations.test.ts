/** docs/operations.md against the code: metrics both ways, log lines, and queries that run on a real outbox. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { openSqliteOutbox } from '../../src/core/outbox/sqlite/engine.ts';
import { CATALOGUE } from '../../src/core/telemetry/catalogue.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { fencesOf, readPage, rowsOf, sectionOf } from './docs-markdown.ts';
import { isProduct, readTree } from './source-tree.ts';

const PAGE = readPage('docs/operations.md');

test('lists every metric with its type and labels, and no other', () => {
  const listed = rowsOf(sectionOf(PAGE, '## Metrics'))
    .filter(([name = '']) => /^notifierd_\w+$/.test(name))
    .map((row) => row.slice(0, 3).join(' | '));
  const metrics = Object.values(CATALOGUE).map(
    ({ name, type, labels }) => `${name} | ${type} | ${labels.join(', ')}`,
  );
  assert.deepEqual([...listed].sort(), metrics.sort());
});

test('says of every metric what it means', () => {
  const rows = rowsOf(sectionOf(PAGE, '## Metrics'));
  for (const [name = '', , , meaning = ''] of rows.filter(([first = '']) => /^notifierd_\w+$/.test(first))) {
    assert.match(meaning, /\w{3}/, name);
  }
});

test('lists only log lines that the code writes', () => {
  const source = readTree('src')
    .filter(isProduct)
    .map(({ text }) => text)
    .join('\n');
  const written = (line: string): boolean => [`'${line}'`, `"${line}"`].some((text) => source.includes(text));
  const lines = rowsOf(sectionOf(PAGE, '## Logs'))
    .slice(2)
    .map(([line = '']) => line);
  assert.ok(lines.length > 15);
  for (const line of lines) assert.ok(written(line), `no code logs '${line}'`);
});

describe('the queries', () => {
  const dir = createTempDir();
  let database: DatabaseSync;

  before(async () => {
    const file = join(dir.path, 'outbox.db');
    const outbox = await openSqliteOutbox({ file });
    await outbox.close();
    database = new DatabaseSync(file, { readOnly: true });
  });
  after(() => {
    database?.close();
    dir.remove();
  });

  for (const { text, line } of fencesOf(PAGE).filter(({ language }) => language === 'sql')) {
    test(`of line ${line} run`, () => {
      for (const statement of text.split(/;\s*$/m).filter((part) => part.trim() !== '')) {
        assert.ok(Array.isArray(database.prepare(statement).all()));
      }
    });
  }
});
