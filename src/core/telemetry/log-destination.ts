/**
 * Where the log goes: standard error, because standard output belongs to the console sink. Lines are written synchronously: the
 * last ones before a crash are those that somebody will need, and at the rate of this log (nothing per event above debug) an
 * asynchronous destination would save nothing that can be measured. Pino's own destination is not used because its flush never
 * returns once the disk is full, and a full disk must not keep the daemon from stopping.
 */
import { writeSync } from 'node:fs';
import type { LogDestination } from './logger.ts';

/** What is kept for a standard error that takes nothing; lines beyond it are dropped, so that memory stays flat. */
const MOST_HELD_BYTES = 1024 * 1024;

/**
 * Writes to a file descriptor, standard error by default. A log that cannot be written (reader gone, disk full) never ends or
 * holds up the daemon: the lines wait, at most 1 MiB of them, and go out before a later line or with flush().
 */
export function createLogDestination(fd = 2): LogDestination {
  let held = Buffer.alloc(0);
  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (held.length + bytes.length <= MOST_HELD_BYTES) held = Buffer.concat([held, bytes]);
      held = writeWhatGoes(fd, held);
    },
    flush() {
      held = writeWhatGoes(fd, held);
    },
  };
}

/** The bytes that could not be written. */
function writeWhatGoes(fd: number, bytes: Buffer): Buffer<ArrayBuffer> {
  let rest = Buffer.from(bytes);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
  } catch {
    // There is nowhere left to say it; the next line tries again.
  }
  return rest;
}
