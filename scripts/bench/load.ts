/** Runs the load in a process of its own, so that it shares nothing but the machine with whom it measures. */
import { fileURLToPath } from 'node:url';
import { eventually, GaveUp } from '../../test/support/eventually.ts';
import { lastLines, type RunningProgram, startProgram } from '../../test/support/processes.ts';
import { type LoadOrder, type LoadResult, MEASURING } from './load-order.ts';

const DRIVER = fileURLToPath(new URL('./driver.ts', import.meta.url));
const LOOK_EVERY_MS = 5;
/** More than any warm-up takes. */
const WARM_WITHIN_MS = 60_000;

/** Posts as ordered. `onMeasuring` is called when the warm-up is over. Rejects if the driver breaks, not for wrong answers. */
export async function runLoad(
  order: LoadOrder,
  onMeasuring: () => void | Promise<void> = () => undefined,
): Promise<LoadResult> {
  const driver = await startProgram(process.execPath, [DRIVER, JSON.stringify(order)]);
  try {
    await eventually('the load is warm', () => isMeasuring(driver), {
      withinMs: WARM_WITHIN_MS,
      everyMs: LOOK_EVERY_MS,
    });
    await onMeasuring();
    await driver.exited;
    return resultOf(driver);
  } finally {
    await driver.kill9();
  }
}

function isMeasuring(driver: RunningProgram): boolean {
  if (driver.stdout().includes(MEASURING)) return true;
  if (!driver.isRunning()) throw new GaveUp(`the driver ended\n${lastLines(driver.stderr())}`);
  return false;
}

function resultOf(driver: RunningProgram): LoadResult {
  const line = driver.stdout().split('\n')[1] ?? '';
  if (line === '') throw new Error(`the driver broke\n${lastLines(driver.stderr())}`);
  // driver.ts writes it.
  return JSON.parse(line) as LoadResult;
}
