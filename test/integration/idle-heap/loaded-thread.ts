/** A thread whose heap a load has made grow, and that is idle from then on, until its parent posts something. */
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../../../src/core/clock.ts';
import { showIdleness } from '../../../src/core/idle-heap.ts';

const GARBAGE = 2_000_000;

const kept = Array.from({ length: GARBAGE }, (_, index) => ({ index }));
parentPort?.postMessage({ kept: kept.length });
kept.length = 0;

const ending = new AbortController();
parentPort?.once('message', () => ending.abort());
await showIdleness(systemClock, ending.signal);
