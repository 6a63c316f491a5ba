/**
 * Loaded into every test process (`--import`): once its last test has ended, the process must end by itself. If a server, a
 * timer or a child keeps it alive, this says what and where it was opened, and fails the run. Node's own `--test-force-exit`
 * would hide it.
 */
import { createHook } from 'node:async_hooks';
import { isMainThread } from 'node:worker_threads';

/** How long the process may take to end after its last test. */
const GRACE_MS = 3_000;
const WATCHED = /^(TCP|PIPE|TLS|PROCESS|FSEVENT|UDP)\w*WRAP$|^Timeout$|^WORKER$|^STATWATCHER$/;
/** Deep enough to reach the test below Node's and libraries' own frames. */
const STACK_DEPTH = 40;

if (isMainThread && runsTests()) watch();

/** In a process of its own, Node marks the child; in a shared one, the process that was started runs the tests itself. */
function runsTests(): boolean {
  return process.env.NODE_TEST_CONTEXT !== undefined || process.execArgv.includes('--test-isolation=none');
}

function watch(): void {
  const opened = new Map<number, { type: string; place: string; resource: object }>();
  createHook({
    init(id, type, _trigger, resource) {
      if (WATCHED.test(type)) opened.set(id, { type, place: placeOfCaller(), resource });
    },
    destroy: (id) => void opened.delete(id),
    // Promises are many and none keeps a process alive.
    trackPromises: false,
  }).enable();
  // Loading the test module any earlier would make it part of every child process.
  void import('node:test').then(({ after }) => after(() => void setTimeout(fail, GRACE_MS, opened).unref()));
}

function fail(opened: ReadonlyMap<number, { type: string; place: string; resource: object }>): void {
  const holding = [...opened.values()].filter(({ place, resource }) => place !== '' && keepsAlive(resource));
  const places = new Set(holding.map(({ type, place }) => `  ${type} opened at ${place}`));
  console.error(
    [
      `The tests are over, but something they opened keeps the process alive: ${process.getActiveResourcesInfo().join(', ')}.`,
      ...places,
      'Close it in the test that opened it: t.after(() => server.close()).',
    ].join('\n'),
  );
  process.exit(1);
}

function keepsAlive(resource: object): boolean {
  return !('hasRef' in resource) || typeof resource.hasRef !== 'function' || resource.hasRef() === true;
}

/** The innermost frame that is our own code; empty if there is none (Node's test runner has timers of its own). */
function placeOfCaller(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_DEPTH;
  const frames = (new Error().stack ?? '').split('\n');
  Error.stackTraceLimit = before;
  const own = frames.find(
    (frame) => /file:\/\/|\(?\//.test(frame) && !/node_modules|leftovers\.ts|node:/.test(frame),
  );
  return own?.match(/file:\/\/([^)]+)/)?.[1] ?? '';
}
