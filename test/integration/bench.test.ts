/** `npm run bench -- --quick` as a person runs it: that figures come out, not what they are. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../support/processes.ts';
import { createTempDir } from '../support/temp-dir.ts';

const BENCH = fileURLToPath(new URL('../../scripts/bench.ts', import.meta.url));
const LINUX_ONLY = { skip: process.platform !== 'linux' && 'the benchmark reads /proc' };

/** Its output and exit code. */
async function bench(...args: readonly string[]) {
  const program = await startProgram(process.execPath, [BENCH, ...args]);
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

test('a quick run tells figures, and writes them as JSON', LINUX_ONLY, async (t) => {
  const dir = createTempDir();
  t.after(dir.remove);
  const json = join(dir.path, 'result.json');
  const { code, stdout, stderr } = await bench('--quick', '--only', 'latency', '--json', json);
  assert.equal(code, 0, `${stderr}\n${stdout}`);
  assert.match(stdout, /^\| {2}\| POST to receipt, median \| notifierd \| [\d,.]+ ms \|/m);
  const { figures, wrong } = JSON.parse(readFileSync(json, 'utf8'));
  assert.deepEqual(wrong, []);
  assert.ok(figures.length > 0);
  for (const { figure, values } of figures)
    assert.ok(values.length > 0 && values.every(Number.isFinite), `${figure}: ${values}`);
});

test(
  'who does not answer 200 fails the run, and the others are measured all the same',
  LINUX_ONLY,
  async () => {
    // Nobody listens there.
    const stranger = ['--target', 'a stranger=http://127.0.0.1:9/'];
    const { code, stdout } = await bench(
      '--quick',
      '--alerts',
      '10',
      '--only',
      'acknowledgement',
      ...stranger,
    );
    assert.equal(code, 1);
    assert.match(stdout, /^## answered wrongly\n\n- a stranger, 10 alerts: 64 posts were not answered 200/m);
    for (const subject of ['plain Koa', 'notifierd, intake and commit', 'notifierd, end to end'])
      assert.match(stdout, new RegExp(`\\| webhooks answered \\| ${subject} \\| [\\d,.]+ 1/s \\|`));
    assert.doesNotMatch(stdout, /\| a stranger \|/);
  },
);

test('an argument that it does not understand is explained', async () => {
  const { code, stderr } = await bench('--only', 'speed');
  assert.equal(code, 2);
  assert.match(stderr, /^bench: --only speed: expected one of acknowledgement, /);
});
