import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../clock.ts';
import { createSleeper, type Sleeper } from './sleeper.ts';

const LONG_MS = 3_600_000;

/** A rest that would take an hour, and whether it is over. */
function begin(deafMs: number) {
  const ending = new AbortController();
  const sleeper = createSleeper(systemClock, ending.signal);
  sleeper.listen();
  let isOver = false;
  const resting = sleeper.rest({ ms: LONG_MS, deafMs }).then(() => {
    isOver = true;
  });
  return { sleeper, ending, resting, isOver: () => isOver };
}

describe('a rest of an hour', () => {
  const ends: readonly { how: string; end(given: { sleeper: Sleeper; ending: AbortController }): void }[] = [
    { how: 'the end of the lane', end: ({ ending }) => ending.abort() },
    { how: 'a reason to go on', end: ({ sleeper }) => sleeper.goOn() },
  ];
  for (const { how, end } of ends) {
    for (const deafMs of [0, LONG_MS]) {
      test(`of which ${deafMs} ms are deaf is ended by ${how}`, async () => {
        const rest = begin(deafMs);
        end(rest);
        await rest.resting;
      });
    }
  }

  test('is ended by news unless it is deaf', async () => {
    const deaf = begin(LONG_MS);
    deaf.sleeper.news();
    const rest = begin(0);
    rest.sleeper.news();
    await rest.resting;
    assert.equal(deaf.isOver(), false);
    deaf.ending.abort();
    await deaf.resting;
  });

  test('is over at once if its end came after the sleeper began to listen', async () => {
    const ending = new AbortController();
    const sleeper = createSleeper(systemClock, ending.signal);
    sleeper.listen();
    sleeper.goOn();
    await sleeper.rest({ ms: LONG_MS, deafMs: LONG_MS });
    sleeper.listen();
    sleeper.news();
    await sleeper.rest({ ms: LONG_MS, deafMs: 0 });
  });
});
