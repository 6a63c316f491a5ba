/** The server that the tests of one process share: started once, ended with the process. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { startProgram } from '../processes.ts';
import { stillRunning } from './children.ts';
import { sharedPostgres } from './shared-postgres.ts';

test('is one server for all who ask, with a fresh database for each', async () => {
  const [one, other] = await Promise.all([sharedPostgres(), sharedPostgres()]);
  assert.equal(one.pid, other.pid);
  const [first, second] = await Promise.all([one.freshDatabase(), other.freshDatabase()]);
  assert.notEqual(first.name, second.name);
  await first.drop();
  await second.drop();
});

test('keeps no process from ending, and ends with it', async () => {
  const tests = await startProgram(process.execPath, [
    '--input-type=module',
    '-e',
    `const { sharedPostgres } = await import(${JSON.stringify(new URL('./shared-postgres.ts', import.meta.url).href)});
     const postgres = await sharedPostgres();
     await (await postgres.freshDatabase()).drop();
     console.log(postgres.pid, postgres.socketDir);`,
  ]);
  assert.deepEqual(await tests.exited, { code: 0, signal: null }, tests.stderr());
  const [pid, folder = ''] = tests.stdout().trim().split(' ');
  assert.ok(Number(pid) > 0);
  assert.deepEqual(stillRunning([Number(pid)]), []);
  assert.equal(existsSync(folder), false);
});
