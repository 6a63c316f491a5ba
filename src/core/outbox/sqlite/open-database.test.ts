import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openDatabase } from './open-database.ts';

/** The file, and what stands beside it while it is open. */
const PARTS = ['', '-wal', '-shm', '.lock'];

function newFile(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'notifierd-test-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'notifierd.db');
}

/** The modes of all parts, once something has been written. */
function modesOf(file: string, umask: number): readonly string[] {
  // Nothing else runs until it is as before.
  const before = process.umask(umask);
  try {
    const { database, release } = openDatabase(file);
    database.exec('create table if not exists one (two)');
    const modes = PARTS.map((part) => (statSync(`${file}${part}`).mode & 0o777).toString(8));
    database.close();
    release();
    return modes;
  } finally {
    process.umask(before);
  }
}

for (const umask of [0o000, 0o022, 0o077, 0o777]) {
  test(`makes all files for their owner alone, with a umask of ${umask.toString(8).padStart(3, '0')}`, (t) => {
    assert.deepEqual(modesOf(newFile(t), umask), ['600', '600', '600', '600']);
  });
}

test('a file that is there keeps its mode, and what SQLite writes beside it has the same', (t) => {
  const file = newFile(t);
  writeFileSync(file, '');
  chmodSync(file, 0o640);
  assert.deepEqual(modesOf(file, 0o022), ['640', '640', '640', '600']);
  assert.deepEqual(modesOf(file, 0o077), ['640', '640', '640', '600']);
});
