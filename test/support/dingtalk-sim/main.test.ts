import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createSimClient } from './client.ts';
import { errcodeOfCall, OPS } from './test-call.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

test('runs by itself, says where, and ends when it is told to', { timeout: 20_000 }, async (t) => {
  const child = start(t, [
    '--port',
    '0',
    '--robot',
    `name=${OPS.name},token=${OPS.token}`,
    '--starts-per-minute',
    '1',
  ]);
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = /^DingTalk simulator: (http:\S+)$/.exec(String(line))?.[1] ?? assert.fail(String(line));
  const client = createSimClient(url);
  assert.equal(await errcodeOfCall({ url }), 0);
  assert.equal(await errcodeOfCall({ url }), 130101);
  assert.equal((await client.messages(OPS.name)).length, 1);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('says what is wrong with its arguments and exits with 1', { timeout: 20_000 }, async (t) => {
  const child = start(t, ['--port', 'x']);
  const [[line], [code]] = await Promise.all([
    once(createInterface(child.stderr), 'line'),
    once(child, 'exit'),
  ]);
  assert.match(String(line), /^dingtalk-sim: --port: expected a number/);
  assert.equal(code, 1);
});

function start(t: TestContext, args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}
