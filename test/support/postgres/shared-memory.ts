/**
 * What a killed PostgreSQL leaves in the kernel: a few bytes of System V shared memory, until its cluster is started again. macOS has
 * room for 32 of them, so a cluster that is thrown away after a kill takes its own along.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Frees it. Nothing happens if the server ended in order, or if there is no ipcrm. */
export function freeSharedMemory(clusterFolder: string): void {
  const id = idOf(clusterFolder);
  if (id !== undefined) spawnSync('ipcrm', ['-m', id], { stdio: 'ignore' });
}

/** Line 7 of postmaster.pid is its key and its id (https://www.postgresql.org/docs/current/storage-file-layout.html). */
function idOf(clusterFolder: string): string | undefined {
  try {
    const line = readFileSync(join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n')[6];
    return /^\s*\d+\s+(\d+)\s*$/.exec(line ?? '')?.[1];
  } catch {
    // It is gone: the server ended in order.
    return undefined;
  }
}
