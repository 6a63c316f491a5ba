/**
 * A fast clock that several real processes share, so that tests can live through hours of a robot's time without any switch
 * in the product. libfaketime (https://github.com/wolfcw/libfaketime) multiplies the time a process sees; left alone, each
 * process would begin its own count when it starts. Its shared memory is what makes them agree exactly: a holder process
 * creates it with the clock's start, and every process that is given its name (FAKETIME_SHARED, FAKETIME_DONT_RESET) counts from there.
 * It also means that a daemon killed with SIGKILL leaves nothing behind in /dev/shm.
 *
 * Works for Node and other programs that use libc; Go programs (Prometheus, Alertmanager) ask the kernel and keep real time.
 */
import { fileURLToPath } from 'node:url';
import { eventually, GaveUp } from './eventually.ts';
import { lastLines, type RunningProgram, startProgram } from './processes.ts';
import { pathOf, REQUIREMENTS } from './programs.ts';

/** One clock for many processes. */
export interface SharedClock {
  /** How many of its seconds pass in a real one. */
  readonly rate: number;
  /** What a process needs in its environment to live by this clock, whenever it starts. */
  env(): Record<string, string>;
  /** This clock's time, in milliseconds since the Unix epoch; right to about `rate` milliseconds. */
  now(): number;
  /** Real milliseconds in which `ms` of this clock pass: for deadlines in the test process. */
  realMs(ms: number): number;
  /** Ends the clock, once the processes that live by it have ended. */
  stop(): Promise<void>;
}

/** The clock's speed and start. */
export interface SharedClockOptions {
  /** A whole number, 1 or more. */
  readonly rate: number;
  /** What it shows at first, in milliseconds since the Unix epoch; the real time unless told. */
  readonly startAt?: number;
}

const HOLDER = fileURLToPath(new URL('./clock-holder.ts', import.meta.url));
/** A fast clock would keep a core busy with an idle program. */
const CALM = `${process.env.NODE_OPTIONS ?? ''} --import=${new URL('./calm-loop.ts', import.meta.url)}`;
const SOUNDINGS = 5;

/** Starts a clock. Rejects, naming the package, if libfaketime is not installed. */
export async function createSharedClock({ rate, startAt }: SharedClockOptions): Promise<SharedClock> {
  const offsetSeconds = startAt === undefined ? 0 : (startAt - Date.now()) / 1000;
  const base = {
    LD_PRELOAD: pathOf(REQUIREMENTS.faketime),
    FAKETIME: `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds).toFixed(3)} x${rate}`,
    FAKETIME_DONT_RESET: '1',
  };
  const holder = await startProgram(process.execPath, [HOLDER], { env: base });
  const name = await line(holder, 0);
  if (!/^\/\S+ \/\S+$/.test(name)) {
    await holder.kill9();
    throw new Error(`expected libfaketime to set FAKETIME_SHARED to two names, got "${name}"`);
  }
  const shown = await sound(holder, rate);
  return {
    rate,
    env: () => ({ ...base, FAKETIME_SHARED: name, NODE_OPTIONS: CALM }),
    now: () => Math.round(shown.at + rate * (Date.now() - shown.realAt)),
    realMs: (ms) => ms / rate,
    async stop() {
      holder.endInput();
      await holder.exited;
    },
  };
}

/** What the clock showed at a real instant, from the quickest of a few questions. */
async function sound(holder: RunningProgram, rate: number): Promise<{ at: number; realAt: number }> {
  let best = { at: 0, realAt: 0, tookMs: Number.POSITIVE_INFINITY };
  for (let count = 1; count <= SOUNDINGS; count++) {
    const before = Date.now();
    holder.write('\n');
    const at = Number(await line(holder, count));
    const tookMs = Date.now() - before;
    if (tookMs < best.tookMs) best = { at, realAt: before + tookMs / 2, tookMs };
  }
  if (!Number.isFinite(best.at * rate))
    throw new Error('the clock holder answered something that is no time');
  return best;
}

function line(holder: RunningProgram, index: number): Promise<string> {
  const look = () => {
    const lines = holder.stdout().split('\n');
    // What follows the last line break is not a whole line yet.
    if (lines.length > index + 1) return lines[index];
    if (!holder.isRunning()) throw new GaveUp(`the clock holder ended: ${lastLines(holder.stderr())}`);
    return undefined;
  };
  return eventually('an answer of the clock holder', look, { everyMs: 1 });
}
