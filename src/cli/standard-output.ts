/**
 * Standard output as commands use it: whoever reads it may stop (`notifierd events … | head`), and then a command ends quietly. The
 * console sink of serve writes there by itself, and knows what to do.
 */
import type { Writable } from 'node:stream';

/** What is printed, and what became of it. */
export interface StandardOutput {
  /** Once nobody reads any more, nothing is written. */
  print(text: string): void;
  /** Whether anybody may still read. */
  isRead(): boolean;
  /**
   * Resolves once all that was printed is written or cannot be: with the reason why it cannot (a full disk), or with `undefined` if all
   * went well. That nobody reads is no fault.
   */
  fault(): Promise<string | undefined>;
}

/** Watches the stream from the first print() on, and not before. */
export function createStandardOutput(stream: Writable): StandardOutput {
  let written: Promise<void> | undefined;
  let gone: string | undefined;

  return {
    print(text) {
      // A stream without a listener for its errors ends the process at the first one. The callback tells what happened.
      if (written === undefined) stream.on('error', () => {});
      if (gone !== undefined) return;
      written = new Promise((resolve) => {
        stream.write(text, (error?: NodeJS.ErrnoException | null) => {
          if (error) gone ??= error.code ?? error.message;
          resolve();
        });
      });
    },
    isRead: () => gone === undefined,
    async fault() {
      await written;
      return gone === 'EPIPE' ? undefined : gone;
    },
  };
}
