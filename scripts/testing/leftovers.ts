/**
 * Loaded into every test process (`--import`): once its last test has ended, the process must end by itself. If a server, a
 * timer or a child keeps it alive, this says what and where it was opened, and fails the run. Node's own `--test-force-exit`
 * would hide it.
 */
import { createHook } from 'node:async_hooks';
import { Server } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/** Something that a test opened. */
interface Opened {
  readonly what: string;
  /** `/path/to/file.ts:12:3`; empty if none of our own code was on the way. */
  readonly place: string;
  keepsAlive(): boolean;
}

/** How long the process may take to end after its last test. */
const GRACE_MS = 3_000;
/** Kinds of resources that can keep a process alive. Servers are watched by their own means: they open later than they are told to. */
const WATCHED = /^(?:TCP|PIPE|TLS|PROCESS|FSEVENT|UDP)WRAP$|^(?:Timeout|WORKER|STATWATCHER)$/;
/** Deep enough to reach the test below the frames of Node and of libraries. */
const STACK_DEPTH = 40;

if (isMainThread && runsTests()) watch();

/** In a process of its own, Node marks the child; in a shared one, the process that was started runs the tests itself. */
function runsTests(): boolean {
  return process.env.NODE_TEST_CONTEXT !== undefined || process.execArgv.includes('--test-isolation=none');
}

function watch(): void {
  const opened = new Map<number | Server, Opened>();
  watchResources(opened);
  watchServers(opened);
  // Loading the test module any earlier would make a test run of processes that are none.
  void import('node:test').then(({ after }) => after(() => void setTimeout(fail, GRACE_MS, opened).unref()));
}

function watchResources(opened: Map<number | Server, Opened>): void {
  createHook({
    init(id, what, _trigger, resource) {
      if (WATCHED.test(what))
        opened.set(id, { what, place: placeOfCaller(), keepsAlive: () => hasRef(resource) });
    },
    destroy: (id) => void opened.delete(id),
    // Promises are many and none keeps a process alive.
    trackPromises: false,
  }).enable();
}

function watchServers(opened: Map<number | Server, Opened>): void {
  const listen = Server.prototype.listen;
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    opened.set(this, { what: 'a server', place: placeOfCaller(), keepsAlive: () => this.listening });
    this.once('close', () => opened.delete(this));
    return Reflect.apply(listen, this, args);
  };
}

function fail(opened: ReadonlyMap<number | Server, Opened>): void {
  const holding = [...opened.values()].filter(({ place, keepsAlive }) => place !== '' && keepsAlive());
  const places = new Set(holding.map(({ what, place }) => `  ${what} opened at ${place}`));
  console.error(
    [
      `The tests are over, but what they opened keeps the process alive: ${process.getActiveResourcesInfo().join(', ')}.`,
      ...places,
      'Close it in the test that opened it: t.after(() => server.close()).',
    ].join('\n'),
  );
  process.exit(1);
}

function hasRef(resource: object): boolean {
  return !('hasRef' in resource) || typeof resource.hasRef !== 'function' || resource.hasRef() === true;
}

/** The innermost frame that is our own code. */
function placeOfCaller(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_DEPTH;
  const frames = (new Error().stack ?? '').split('\n');
  Error.stackTraceLimit = before;
  const own = frames.find((frame) => /file:\/\//.test(frame) && !/node_modules|leftovers\.ts/.test(frame));
  return own?.match(/file:\/\/([^)]+)/)?.[1] ?? '';
}
