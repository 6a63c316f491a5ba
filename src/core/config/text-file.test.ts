/** What people name as a file may be anything: each kind is read, or is a fault soon. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { faultLinesOf, temporaryFolder } from './testing/sample.ts';
import { readTextFile } from './text-file.ts';

/** Each wait takes no time and the clock says that it did. */
function quickClock() {
  let now = 0;
  return {
    elapsed: () => now,
    wait: async (ms: number) => {
      now += ms;
    },
  };
}

async function pipeIn(context: TestContext): Promise<string> {
  const pipe = path.join(await temporaryFolder(context), 'pipe');
  execFileSync('mkfifo', [pipe]);
  return pipe;
}

test('a pipe that nobody writes to is a fault after a second', async (context) => {
  const clock = quickClock();
  const read = await readTextFile(await pipeIn(context), 100, { clock });
  assert.deepEqual(read, { problem: 'it is a pipe that nobody writes to' });
  assert.equal(clock.elapsed(), 1_000);
});

test('a configuration with such a pipe for a secret is refused, and nothing is left waiting', async (context) => {
  const pipe = await pipeIn(context);
  const text = `sinks: {ops: {plugin: sample, token_file: ${pipe}}}`;
  assert.deepEqual(await faultLinesOf(context, text), [
    `sinks.ops.token_file: cannot read ${pipe}: it is a pipe that nobody writes to`,
  ]);
});

test('a pipe is read until its writer closes it, also one that comes late and writes slowly', async (context) => {
  const pipe = await pipeIn(context);
  const reading = readTextFile(pipe, 100);
  const writer = await open(pipe, 'w');
  await writer.write('ab');
  await writer.write('cd');
  await writer.close();
  assert.deepEqual(await reading, { text: 'abcd' });
});

test('a pipe whose writer says nothing is a fault after half a minute', async (context) => {
  const pipe = await pipeIn(context);
  const clock = quickClock();
  // For reading and writing, so that it does not wait for the other end.
  const writer = await open(pipe, 'r+');
  try {
    const read = await readTextFile(pipe, 100, { clock });
    assert.deepEqual(read, { problem: 'nothing came out of it for 30 s' });
  } finally {
    await writer.close();
  }
});

test('a pipe whose writer never ends is a fault after a minute', async (context) => {
  const pipe = await pipeIn(context);
  const { elapsed, wait } = quickClock();
  const writer = await open(pipe, 'r+');
  const writeAndWait = async (ms: number) => {
    await writer.write('x');
    await wait(ms);
  };
  try {
    const read = await readTextFile(pipe, 100_000, { clock: { elapsed, wait: writeAndWait } });
    assert.deepEqual(read, { problem: 'it did not come to an end within 60 s' });
  } finally {
    await writer.close();
  }
});

test('an open pipe of bash is read by its name', async () => {
  const script = `import { readTextFile } from ${JSON.stringify(new URL('text-file.ts', import.meta.url).href)};
    console.log(JSON.stringify(await readTextFile(process.argv[1], 100)));`;
  const node = spawn(
    'bash',
    ['-c', '"$0" --input-type=module -e "$1" <(echo -n abcd)', process.execPath, script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let out = '';
  node.stdout.on('data', (piece) => {
    out += piece;
  });
  await once(node, 'close');
  assert.equal(out.trim(), '{"text":"abcd"}');
});

const OTHERS = [
  { name: 'a directory', file: '/', problem: 'it is a directory' },
  { name: 'a device without end', file: '/dev/zero', problem: 'it is longer than 100 bytes' },
  { name: 'a file inside a file', file: '/dev/null/x', problem: 'there is no such file' },
];

for (const { name, file, problem } of OTHERS) {
  test(`${name} is a fault at once`, async () => {
    assert.deepEqual(await readTextFile(file, 100), { problem });
  });
}

test('an empty device is an empty text', async () => {
  assert.deepEqual(await readTextFile('/dev/null', 100), { text: '' });
});

test('a file may have as many bytes as allowed, and no more', async (context) => {
  const file = path.join(await temporaryFolder(context), 'file');
  await writeFile(file, 'x'.repeat(100_000));
  assert.deepEqual(await readTextFile(file, 100_000), { text: 'x'.repeat(100_000) });
  assert.deepEqual(await readTextFile(file, 99_999), { problem: 'it is longer than 99999 bytes' });
});
