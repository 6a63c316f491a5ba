import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ownPort } from './own-port.ts';

const PORTS_A_PROCESS = 600;

test('gives no two processes the same port, and none below or above its range', async () => {
  const module = import.meta.resolve('./own-port.ts');
  // Holds its ports until the others have theirs too: it ends when its standard input does.
  const program = `
    const { ownPort } = await import(${JSON.stringify(module)});
    const ports = [];
    for (let n = 0; n < ${PORTS_A_PROCESS}; n++) ports.push(await ownPort());
    process.stdout.write(JSON.stringify(ports));
    process.stdin.resume();`;
  const children = [1, 2].map(() =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]),
  );
  const told = await Promise.all(children.map(({ child }) => firstChunk(child.stdout)));
  const own = [];
  for (let n = 0; n < PORTS_A_PROCESS; n++) own.push(await ownPort());
  for (const { child } of children) child.stdin?.end();
  await Promise.all(children);
  const ports = [...own, ...told.flat()];
  assert.equal(new Set(ports).size, 3 * PORTS_A_PROCESS);
  assert.ok(ports.every((port) => port >= 11_000 && port < 16_000));
});

async function firstChunk(output: NodeJS.ReadableStream | null): Promise<readonly number[]> {
  let text = '';
  for await (const chunk of output ?? []) {
    text += String(chunk);
    if (text.endsWith(']')) break;
  }
  return JSON.parse(text) as number[];
}
