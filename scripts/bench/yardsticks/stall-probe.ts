/**
 * Watches the event loop of the process that it is loaded into (`node --import stall-probe.js …`). SIGUSR2 makes it print the longest
 * stall since the last time. The metrics of a service miss the very turn in which they are read; this does not.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** The timer that is watched fires so often; what it is late by is the stall. */
const EVERY_MS = 1;

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
  delay.enable();
  process.on('SIGUSR2', () => {
    process.stdout.write(`stall ${Math.max(0, delay.max / 1e6 - EVERY_MS)}\n`);
    delay.reset();
  });
}
