import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import { exitWithin, startProgram, waitForAnswer } from './processes.ts';

const PRINTS_FOREVER = "console.log('up'); setInterval(() => undefined, 1000)";

function runNode(script: string) {
  return startProgram(process.execPath, ['-e', script]);
}

test('captures both outputs and the exit code', async () => {
  const program = await runNode(
    "console.log('to people'); console.error('to the log'); process.exitCode = 3",
  );
  assert.deepEqual(await program.exited, { code: 3, signal: null });
  assert.equal(program.stdout(), 'to people\n');
  assert.equal(program.stderr(), 'to the log\n');
});

test('hands over what is written to the standard input', async () => {
  const program = await runNode('process.stdin.pipe(process.stdout)');
  program.write('first, ');
  program.write('second');
  program.endInput();
  await program.exited;
  assert.equal(program.stdout(), 'first, second');
});

test('stops with the signal it is told, twice without harm', async () => {
  const program = await runNode(PRINTS_FOREVER);
  assert.deepEqual(await program.stop('SIGINT'), { code: null, signal: 'SIGINT' });
  assert.deepEqual(await program.stop(), { code: null, signal: 'SIGINT' });
});

test('kills a program that would not stop', async () => {
  const program = await runNode(`process.on('SIGTERM', () => undefined); ${PRINTS_FOREVER}`);
  assert.deepEqual(await program.kill9(), { code: null, signal: 'SIGKILL' });
});

test('a wait for an end that does not come kills the program, and shows its last words', async () => {
  const program = await runNode(`console.error('one more second'); ${PRINTS_FOREVER}`);
  await eventually('its first words', () => program.stderr().endsWith('\n'));
  await assert.rejects(exitWithin(program, 1), / had not ended after 0\.001 s\none more second\n/);
  assert.equal(program.isRunning(), false);
});

test('ends with the process that started it', async () => {
  const serves = `require('node:http').createServer((_, response) => response.end()).listen(0, '127.0.0.1', function () {
    console.log(this.address().port); })`;
  const parent = await runNode(`
    const { startProgram } = await import(${JSON.stringify(new URL('./processes.ts', import.meta.url).href)});
    const child = await startProgram(process.execPath, ['-e', ${JSON.stringify(serves)}]);
    while (child.stdout() === '') await new Promise(setImmediate);
    await fetch('http://127.0.0.1:' + Number(child.stdout()));
    console.log(child.stdout());
    process.exit(0);`);
  await parent.exited;
  const port = Number(parent.stdout());
  assert.ok(port > 0, `expected a port, got "${parent.stdout()}${parent.stderr()}"`);
  await eventually('nobody listens there', () => isRefused(`http://127.0.0.1:${port}`));
});

test('names a program that is not there', async () => {
  await assert.rejects(startProgram('no-such-program', []), {
    message: /^cannot start no-such-program: .*ENOENT/,
  });
});

test('a wait for an answer ends with the program, and shows its last words', async () => {
  const program = await runNode("console.error('no disk left'); process.exitCode = 1");
  await assert.rejects(
    waitForAnswer(program, 'http://127.0.0.1:1/'),
    /the process ended before .*\nno disk left$/s,
  );
});

async function isRefused(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}
