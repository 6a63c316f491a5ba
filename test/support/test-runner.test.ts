/**
 * The runner behind `npm test` against test files that misbehave: each must fail the run, soon, with a line that says why.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Group } from '../../scripts/testing/groups.ts';
import type { Step } from '../../scripts/testing/tally.ts';
import { startProgram } from './processes.ts';
import { createTempDir } from './temp-dir.ts';

const RUN_GROUP = new URL('../../scripts/testing/run-group.ts', import.meta.url).href;
const SHARED: Partial<Group> = { processes: 'shared' };
const ONE_A_FILE: Partial<Group> = { processes: 'one_a_file' };

const LEAKS_SERVER = `
  import { createServer } from 'node:http';
  import { once } from 'node:events';
  import { test } from 'node:test';
  test('opens a server', async () => {
    await once(createServer().listen(0, '127.0.0.1'), 'listening');
  });`;
const LEAKS_PROCESS = `
  import { spawn } from 'node:child_process';
  import { test } from 'node:test';
  test('starts a process', () => {
    spawn('sleep', ['60'], { stdio: 'ignore' }).unref();
  });`;
const LEAKS_TIMER = `
  import { test } from 'node:test';
  test('starts a timer', () => {
    setTimeout(() => {}, 60_000);
  });`;
const HANGS = `
  import { test } from 'node:test';
  test('passes', () => {});
  test('waits for ever', () => new Promise((resolve) => setTimeout(resolve, 60_000)));`;
const PASSES = "import { test } from 'node:test'; test('passes', () => {});";
const SKIPS = `
  import { test } from 'node:test';
  test('says why', { skip: 'no Docker' }, () => {});
  test('is silent', (t) => t.skip());`;

const rows: readonly {
  name: string;
  text: string;
  group: Partial<Group>;
  passed: number;
  trouble: RegExp | undefined;
  output?: RegExp;
}[] = [
  { name: 'lets a good file pass', text: PASSES, group: SHARED, passed: 1, trouble: undefined },
  {
    name: 'lets a good file pass in its own process',
    text: PASSES,
    group: ONE_A_FILE,
    passed: 1,
    trouble: undefined,
  },
  {
    name: 'fails a run that leaves a server open, and says where it was opened',
    text: LEAKS_SERVER,
    group: SHARED,
    passed: 1,
    trouble: /^node --test ended with code 1 although no test failed/,
    output: /a server opened at \S+sample\.test\.ts:6:/,
  },
  {
    name: 'fails a run that leaves a timer running, and says where it was started',
    text: LEAKS_TIMER,
    group: SHARED,
    passed: 1,
    trouble: /^node --test ended with code 1 although no test failed/,
    output: /Timeout opened at \S+sample\.test\.ts:4:/,
  },
  {
    name: 'fails a run that leaves a process behind',
    text: LEAKS_PROCESS,
    group: ONE_A_FILE,
    passed: 1,
    trouble: /^a test left a process running \(now killed\): \d+: sleep 60$/,
  },
  {
    name: 'ends a group that takes too long, and names the last test that finished',
    text: HANGS,
    group: { ...SHARED, timeoutMs: 1_500 },
    passed: 1,
    trouble: /^ended after 0\.025 min, its time limit; the last test that finished: "passes"$/,
  },
  {
    name: 'fails skips without a reason in CI',
    text: SKIPS,
    group: SHARED,
    passed: 0,
    trouble: /^skipped without a reason: "is silent" in /,
  },
  {
    name: 'fails a file without tests',
    text: 'export {};',
    group: SHARED,
    passed: 0,
    trouble: /^no test ran/,
  },
  {
    name: 'fails a group without files in CI',
    text: PASSES,
    group: { ...SHARED, files: ['nowhere/*.test.ts'] },
    passed: 0,
    trouble: /^no test files match nowhere\/\*\.test\.ts/,
  },
];
for (const { name, text, group, passed, trouble, output } of rows) {
  test(name, async (t) => {
    const run = await runSample(t, text, group);
    const seen = JSON.stringify(run.step, undefined, 2) + run.output;
    assert.equal(run.step.results.filter((result) => result.kind === 'passed').length, passed, seen);
    if (trouble === undefined) assert.deepEqual(run.step.troubles, [], seen);
    else
      assert.ok(
        run.step.troubles.some((line) => trouble.test(line)),
        seen,
      );
    if (output !== undefined) assert.match(run.output, output);
  });
}

test('counts a file that leaves a server open in its own process as failed', async (t) => {
  const { step } = await runSample(t, LEAKS_SERVER, ONE_A_FILE);
  assert.equal(step.results.filter((result) => result.kind === 'failed').length, 1, JSON.stringify(step));
});

async function runSample(
  t: TestContext,
  text: string,
  changes: Partial<Group>,
): Promise<{ step: Step; output: string }> {
  const dir = createTempDir();
  t.after(() => dir.remove());
  writeFileSync(join(dir.path, 'sample.test.ts'), text);
  const group: Group = {
    name: 'sample',
    files: [join(dir.path, '*.test.ts')],
    processes: 'shared',
    testTimeoutMs: 60_000,
    timeoutMs: 60_000,
    needs: [],
    ...changes,
  };
  const script = `
    const { runGroup } = await import(${JSON.stringify(RUN_GROUP)});
    const step = await runGroup(${JSON.stringify(group)}, { node: process.execPath, ci: true });
    console.error(JSON.stringify(step));`;
  const runner = await startProgram(process.execPath, ['--input-type=module', '-e', script]);
  await runner.exited;
  // The step is the last line that our own script wrote.
  const step = JSON.parse(runner.stderr().trimEnd().split('\n').at(-1) ?? '') as Step;
  return { step, output: runner.stdout() + runner.stderr() };
}
