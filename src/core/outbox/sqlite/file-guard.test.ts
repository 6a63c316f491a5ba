import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { createFileGuard } from './file-guard.ts';

async function guardedFile(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'notifierd-guard-'));
  t.after(() => rm(dir, { recursive: true }));
  const file = join(dir, 'notifierd.db');
  for (const part of [file, `${file}-wal`]) writeFileSync(part, '');
  return { file, guard: createFileGuard(file) };
}

const failure = (errcode: number, message: string): Error => Object.assign(new Error(message), { errcode });

test('says the same of damage from its first sign on, whatever SQLite calls it', async (t) => {
  const { file, guard } = await guardedFile(t);
  assert.equal(guard.check(), undefined);
  const first = guard.explainFailure(failure(11, 'database disk image is malformed'));
  assert.ok(first instanceof Error && first.message.startsWith(`${file} is damaged (database disk image`));
  // SQLITE_CORRUPT_INDEX and SQLITE_NOTADB
  assert.equal(guard.explainFailure(failure(779, 'malformed index')), first);
  assert.equal(guard.explainFailure(failure(26, 'file is not a database')), first);
  assert.throws(() => guard.check(), first);
});

test('leaves other failures as they are', async (t) => {
  const { guard } = await guardedFile(t);
  for (const other of [failure(13, 'database or disk is full'), new Error('a bug'), 'thrown']) {
    assert.equal(guard.explainFailure(other), other);
    assert.equal(guard.check(), undefined);
  }
});
