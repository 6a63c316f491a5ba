/** The gate between a test's daemon and its simulator. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { openGate } from './gate.ts';

test('lets requests through, refuses them while it is closed, and lets them through again', async (t) => {
  const server = createServer((_request, response) => void response.end('here')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const gate = await openGate(`http://127.0.0.1:${port}`);
  t.after(async () => {
    await gate.close();
    server.close();
    server.closeAllConnections();
  });
  const ask = async (): Promise<string> => {
    try {
      return await (await fetch(gate.url)).text();
    } catch (error) {
      // fetch() hides what the socket said in the cause.
      const { cause } = error instanceof Error ? error : { cause: error };
      return cause instanceof Error && 'code' in cause ? String(cause.code) : String(error);
    }
  };
  assert.equal(await ask(), 'here');
  await gate.close();
  await gate.close();
  assert.equal(await ask(), 'ECONNREFUSED');
  await gate.open();
  await gate.open();
  assert.equal(await ask(), 'here');
});
