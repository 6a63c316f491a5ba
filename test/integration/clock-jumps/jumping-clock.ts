/** A clock that can be set for one process, while all others go on as before. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SharedClock } from '../../support/shared-clock.ts';
import { createTempDir } from '../../support/temp-dir.ts';

/** The clock of the one process. */
export interface JumpingClock {
  /** What the process needs in its environment. */
  env(): Record<string, string>;
  /** Sets it forward, or back if negative, by so many milliseconds; later jumps add up. */
  jump(ms: number): void;
  /** Once the process has ended. */
  stop(): void;
}

const SHIFT_DATE = fileURLToPath(new URL('./shift-date.ts', import.meta.url));

/** One that shows what the others show, until it jumps. */
export function createJumpingClock(others: Pick<SharedClock, 'env'>): JumpingClock {
  const dir = createTempDir();
  const file = join(dir.path, 'shift');
  let shiftMs = 0;
  const write = (): void => {
    // The process reads at any moment: never half a number.
    writeFileSync(`${file}.new`, String(shiftMs));
    renameSync(`${file}.new`, file);
  };
  write();
  return {
    env() {
      const { NODE_OPTIONS = '', ...env } = others.env();
      return { ...env, SHIFT_DATE_FILE: file, NODE_OPTIONS: `${NODE_OPTIONS} --import ${SHIFT_DATE}` };
    },
    jump(ms) {
      shiftMs += ms;
      write();
    },
    stop: () => dir.remove(),
  };
}
