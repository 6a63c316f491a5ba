/** Stopping: named steps, one after the other; one that fails is logged and does not keep the others from being done. */
import type { Log } from './plugin/contract.ts';

/** A step's name and what it does. */
export type StopStep = readonly [name: string, run: () => Promise<void>];

/** Runs all steps in order. Never rejects. */
export async function runStopSteps(log: Log, steps: readonly StopStep[]): Promise<void> {
  for (const [step, run] of steps) {
    try {
      log.debug('stopping', { step });
      await run();
    } catch (error) {
      log.error('a part did not stop cleanly', { step, error });
    }
  }
}
