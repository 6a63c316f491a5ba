/**
 * Directories for one test: made under the system's temporary directory, removed with all that is in them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own. */
export interface TempDir {
  /** Absolute path. */
  readonly path: string;
  /** Removes it with its contents; calling it twice is fine. */
  remove(): void;
}

/** Makes one. It is also removed when this process ends, in case a failing test forgets. */
export function createTempDir(): TempDir {
  const path = mkdtempSync(join(tmpdir(), 'notifierd-test-'));
  const remove = () => {
    process.off('exit', remove);
    // A server that has just been killed may still be writing its last file.
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on('exit', remove);
  return { path, remove };
}
