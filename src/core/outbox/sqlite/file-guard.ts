/**
 * Whether what is committed now will be found after a restart. SQLite cannot tell: a file that was removed or moved takes writes for as
 * long as it is open, and one that is damaged takes them in every page that is still whole. The worker asks before it acknowledges
 * anything new; what waits already goes on being delivered, because nobody else can do it any more.
 */
import { statSync } from 'node:fs';
import { UnavailableError } from '../../errors.ts';

/** Watches over one open database. */
export interface FileGuard {
  /** Throws UnavailableError, with what to do, if new entries would be lost. A moved file may come back; damage stays. */
  check(): void;
  /**
   * Hears of every failed operation, and answers what is to be told of it. Of damage that is the same from then on, whatever SQLite says of
   * it each time: a log that is told of changes would else have a line for each webhook.
   */
  explainFailure(error: unknown): unknown;
}

/** A guard for a file that has just been opened in WAL mode, and read or written once: then the log stands beside it. */
export function createFileGuard(file: string): FileGuard {
  const parts = [file, `${file}-wal`].map((path) => ({ path, inode: inodeOf(path) }));
  let damaged: UnavailableError | undefined;
  return {
    check() {
      if (damaged !== undefined) throw damaged;
      const gone = parts.find(({ path, inode }) => inodeOf(path) !== inode);
      if (gone === undefined) return;
      throw new UnavailableError(
        'outbox_unavailable',
        `${gone.path} was removed or replaced while notifierd runs: put it back, or restart notifierd once nothing waits`,
      );
    },
    explainFailure(error) {
      if (!(error instanceof Error && 'errcode' in error && isDamage(error.errcode))) return error;
      damaged ??= new UnavailableError(
        'outbox_unavailable',
        `${file} is damaged (${error.message}): stop notifierd, move the file and its -wal away and keep them, and start again`,
      );
      return damaged;
    },
  };
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, https://sqlite.org/rescode.html; the higher bytes say more of them. */
function isDamage(errcode: unknown): boolean {
  return typeof errcode === 'number' && [11, 26].includes(errcode & 0xff);
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
