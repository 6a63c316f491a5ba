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
  // A server that has just been killed may still be writing its last file: hence the retries.
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  const removeAtExit = () => {
    try {
      remove();
    } catch (error) {
      // An error here would keep others from cleaning up.
      console.error(`cannot remove ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  process.on('exit', removeAtExit);
  return {
    path,
    remove() {
      process.off('exit', removeAtExit);
      remove();
    },
  };
}
