/**
 * Opens an SQLite file for one notifierd alone: a lock beside it keeps a second daemon out, while commands and other tools may still
 * use the database itself. The kernel frees the lock with the process, so a kill leaves nothing to clean up.
 */
import { closeSync, existsSync, fchmodSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NotifierdError } from '../../errors.ts';

/** How long to wait for a notifierd that is just ending. */
const LOCK_WAIT_MS = 10_000;
/** How long a statement waits for another program that writes or copies the file. */
const BUSY_WAIT_MS = 5_000;

/** Throws NotifierdError when the file is in use, is no database, or its folder cannot be written. */
export function openDatabase(file: string): { database: DatabaseSync; release: () => void } {
  try {
    mkdirSync(dirname(file), { recursive: true });
    for (const each of [lockOf(file), file]) createPrivately(each);
    const release = lock(file);
    const database = new DatabaseSync(file, { timeout: BUSY_WAIT_MS });
    // FULL: a commit is on disk before it is confirmed, also in WAL mode. Of pages of 8 kB, pieces leave less unused than of the usual 4 kB.
    database.exec(
      'pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory;',
    );
    return { database, release };
  } catch (error) {
    throw explain(error, file);
  }
}

/**
 * Opens a file that is there already, and that a daemon may be working on: takes no lock, creates nothing. Throws NotifierdError when
 * there is no such file, when it is no database, or when it cannot be written.
 */
export function openBesideDaemon(file: string): DatabaseSync {
  if (!existsSync(file)) {
    throw new NotifierdError(
      'outbox_missing',
      `there is no outbox at ${file}`,
      'notifierd serve makes it; a relative outbox.url begins in the directory that the command is run in',
    );
  }
  try {
    const database = new DatabaseSync(file, { timeout: BUSY_WAIT_MS });
    // Opening alone reads nothing: this finds out whether it is a database at all.
    database.exec('pragma synchronous = full; select count(*) from sqlite_schema;');
    return database;
  } catch (error) {
    throw explain(error, file);
  }
}

/** For the owner alone: alerts stand in it, and what is written in alerts is nobody else's. */
const PRIVATE = 0o600;

/**
 * Makes an empty file for SQLite, which would make it by the umask, and makes its -wal and -shm with the mode that the file has. A file
 * that is there keeps its mode: somebody may have opened it for a backup's user. It is not even touched, because a process that closes a
 * file gives up all the locks that it has on it.
 */
function createPrivately(file: string): void {
  let made: number;
  try {
    made = openSync(file, 'wx', PRIVATE);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
  try {
    // The umask may have taken away even from this.
    fchmodSync(made, PRIVATE);
  } finally {
    closeSync(made);
  }
}

function lockOf(file: string): string {
  return `${file}.lock`;
}

function lock(file: string): () => void {
  const database = new DatabaseSync(lockOf(file), { timeout: LOCK_WAIT_MS });
  try {
    database.exec('pragma journal_mode = delete; begin exclusive;');
  } catch (error) {
    if (codeOf(error) !== SQLITE_BUSY) throw error;
    throw new NotifierdError(
      'outbox_in_use',
      `${file} is in use by another notifierd`,
      'stop it first, or give this one an outbox.url of its own',
    );
  }
  return () => database.close();
}

const SQLITE_BUSY = 5;

/** The first byte says what kind it is: https://sqlite.org/rescode.html. */
function codeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : 0;
}

/** In our words: what is wrong with the file, and how to mend it. Errors that are no SQLite's stay as they are. */
export function explain(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof NotifierdError) return error;
  switch (codeOf(error)) {
    case SQLITE_BUSY:
      return new NotifierdError(
        'outbox_in_use',
        `${file} is locked by another program that writes it`,
        'end that program, such as a backup or an open sqlite3, and start again',
      );
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return new NotifierdError(
        'outbox_broken',
        `${file} is not a usable SQLite database: ${error.message}`,
        'move it and its -wal away and keep them: `sqlite3 FILE .recover` may still read them; the next start begins a new one',
      );
    default:
      return new NotifierdError(
        'outbox_unreachable',
        `cannot open ${file}: ${error.message}`,
        'the folder must exist or be creatable, and be writable, on a local disk with room',
      );
  }
}
