/** `npm run demo` as a newcomer runs it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../support/processes.ts';

test('the demo tells its story to the end', async () => {
  const demo = await startProgram(process.execPath, [
    fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url)),
  ]);
  assert.deepEqual(await demo.exited, { code: 0, signal: null }, demo.stderr());
  assert.match(demo.stdout(), /The group has seen 5 messages: each state of each alert once\.\n$/);
});
