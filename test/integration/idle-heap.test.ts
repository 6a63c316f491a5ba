/** Whether the V8 of this Node gives memory back to who idles: what src/core/idle-heap.ts does for it may be needless or in vain one day. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { lookForIdleHeaps } from '../../src/core/idle-heap.ts';
import { eventually } from '../support/eventually.ts';

const LARGE = 40e6;
const SMALL = 20e6;
/** V8 looks by itself after 100 s. */
const WELL_BEFORE_V8_ITSELF_MS = 60_000;

test('the heap that a load has made grow becomes small again soon after it', async () => {
  lookForIdleHeaps(process.versions.node);
  const thread = new Worker(new URL('./idle-heap/loaded-thread.ts', import.meta.url));
  const heapSize = async (): Promise<number> => (await thread.getHeapStatistics()).total_physical_size;
  try {
    await once(thread, 'message');
    const loaded = await heapSize();
    assert.ok(loaded > LARGE, `the load has left ${loaded} bytes`);
    await eventually('the heap is small', async () => (await heapSize()) < SMALL, {
      withinMs: WELL_BEFORE_V8_ITSELF_MS,
      everyMs: 500,
    });
    const ended = once(thread, 'exit');
    thread.postMessage('end');
    assert.deepEqual(await ended, [0], 'what reminds V8 holds nobody up');
  } finally {
    await thread.terminate();
  }
});
