/** How long this disk takes to make something durable: what a commit of any store costs at least. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median, percentile } from './statistics.ts';

/** In milliseconds. */
export interface SyncCost {
  readonly medianMs: number;
  readonly p99Ms: number;
}

const BLOCK_BYTES = 4_096;

/** Appends `count` blocks of 4 kB to a file of this folder, each made durable by itself, and removes the file. */
export function measureSync(folder: string, count: number): SyncCost {
  const path = join(folder, 'sync');
  const file = openSync(path, 'w');
  try {
    const block = Buffer.alloc(BLOCK_BYTES, 1);
    const took = Array.from({ length: count }, () => {
      const began = performance.now();
      writeSync(file, block);
      fdatasyncSync(file);
      return performance.now() - began;
    });
    return { medianMs: median(took), p99Ms: percentile(took, 99) };
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
