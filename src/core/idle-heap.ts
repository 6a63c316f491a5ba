/**
 * Lets V8 give back the memory that a load has made a thread's heap grow to, once the thread is idle. V8 has a part for that, its memory
 * reducer, which collects in small steps when a thread allocates little; nothing here forces a collection. Decision 17 says why V8 needs
 * help to see that a thread is idle, and what it gives back then.
 */
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import type { Clock } from './clock.ts';

/** Soon after the start, and soon after a load; V8's own figures are 30 s and 8 s. */
const FIRST_LOOK_MS = 1_000;
const LOOK_EVERY_MS = 1_000;
/** The first Node whose V8 lets the second be set. */
const NODE_WITH_LOOKS = 26;
/** Well under the 110 s after which V8 takes the thread for a busy one again. */
const REMIND_EVERY_MS = 60_000;

/**
 * Makes V8 look for idle threads each second. For the whole process; to be called before much is loaded, because the first look of a
 * thread is planned when its heap first grows.
 */
export function lookForIdleHeaps(nodeVersion: string): void {
  setFlagsFromString(`--gc-memory-reducer-start-delay-ms=${FIRST_LOOK_MS}`);
  if (Number.parseInt(nodeVersion, 10) < NODE_WITH_LOOKS) return;
  setFlagsFromString(`--memory-reducer-delay-ms=${LOOK_EVERY_MS}`);
}

/** Lets V8 see when the calling thread is idle, until `signal` aborts. Never rejects. */
export async function showIdleness(clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    allocateOutsideHeap();
    await clock.wait(REMIND_EVERY_MS, signal);
  }
}

/** Some 10 µs. In Node's own code only node:vm allocates on the heap of C++ objects, whose rate V8 takes for high while it is exactly 0. */
function allocateOutsideHeap(): Script {
  return new Script('0');
}
