/**
 * Runs one group of tests with `node --test` and tells what it came to.
 */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Group } from './groups.ts';
import { type GroupExit, runInGroup } from './processes-of-group.ts';
import { type Result, type Step, unexplainedSkips } from './tally.ts';

/** How strict, and with what. */
export interface RunOptions {
  /** The Node binary. */
  readonly node: string;
  /** In CI a group without files and a skip without a reason are troubles: nothing may be left out unseen. */
  readonly ci: boolean;
}

const REPORTER = fileURLToPath(new URL('./reporter.ts', import.meta.url));
const LEFTOVERS = new URL('./leftovers.ts', import.meta.url).href;
/** For tests that are busy most of their time, on the two cores of a small CI machine. */
const FILES_AT_ONCE = 2;

/** Runs it. Output goes to ours as it comes. Never rejects for what a test does. */
export async function runGroup(group: Group, { node, ci }: RunOptions): Promise<Step> {
  const start = performance.now();
  const files = group.files.flatMap((pattern) => globSync(pattern)).sort();
  if (files.length === 0) {
    const troubles = ci
      ? [`no test files match ${group.files.join(' ')}: mend scripts/testing/groups.ts`]
      : [];
    return { name: group.name, results: [], troubles, tookMs: 0 };
  }
  const dir = mkdtempSync(join(tmpdir(), 'notifierd-results-'));
  try {
    const resultsFile = join(dir, 'results.jsonl');
    const exit = await runInGroup(node, nodeArguments(group, files, resultsFile), {
      timeoutMs: group.timeoutMs,
    });
    const results = readResults(resultsFile);
    const troubles = [...troublesOf(group, exit, results), ...(ci ? unexplainedSkips(results) : [])];
    return { name: group.name, results, troubles, tookMs: performance.now() - start };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function nodeArguments(group: Group, files: readonly string[], resultsFile: string): readonly string[] {
  const isolation =
    group.processes === 'shared'
      ? ['--test-isolation=none']
      : ['--test-isolation=process', `--test-concurrency=${group.filesAtOnce ?? FILES_AT_ONCE}`];
  return [
    '--test',
    ...isolation,
    `--test-timeout=${group.testTimeoutMs}`,
    `--import=${LEFTOVERS}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${REPORTER}`,
    `--test-reporter-destination=${resultsFile}`,
    ...files,
  ];
}

function readResults(file: string): readonly Result[] {
  const lines = readText(file).split('\n');
  // Our reporter wrote them; what follows the last line break was cut off by the end of the process.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Result);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Node ended before it could open it: its exit code says so.
    return '';
  }
}

function troublesOf(group: Group, exit: GroupExit, results: readonly Result[]): readonly string[] {
  const troubles = exit.leftRunning.map(
    (command) => `a test left a process running (now killed): ${command}`,
  );
  if (exit.timedOut) {
    const last = results.at(-1)?.name ?? 'none';
    troubles.push(
      `ended after ${group.timeoutMs / 60_000} min, its time limit; the last test that finished: "${last}"`,
    );
  } else if (exit.code !== 0 && !results.some((result) => result.kind === 'failed')) {
    troubles.push(`node --test ended with code ${exit.code} although no test failed: see above`);
  }
  if (exit.code === 0 && results.length === 0) troubles.push('no test ran: the files hold none');
  return troubles;
}
