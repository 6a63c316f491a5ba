/** Many lives at once: an outbox that stores what comes together is faster, and is what is tested. */
import type { Driver } from './driver.ts';
import { type Addresses, play, type Step } from './world.ts';

const AT_ONCE = 100;

/** Plays them; rejects with the first that goes wrong, and says which it is. */
export async function playAll(
  driver: Driver,
  lives: readonly (readonly Step[])[],
  addresses?: Addresses,
): Promise<void> {
  for (let start = 0; start < lives.length; start += AT_ONCE) {
    const together = lives.slice(start, start + AT_ONCE);
    await Promise.all(together.map((steps) => playOne(driver, steps, addresses)));
  }
}

async function playOne(driver: Driver, steps: readonly Step[], addresses?: Addresses): Promise<void> {
  try {
    await play(await driver.stream(), steps, addresses);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\nin the life: ${steps.map(wordsOf).join(', ')}`, { cause: error });
  }
}

function wordsOf(step: Step): string {
  return Object.values(step).join(' ');
}
