/**
 * All lives of an alert that are three chapters long, and many random ones: the last word that people hear is its last state. A part of them
 * is in test/contract/streams.test.ts. STREAMS_RUNS=100000 looks longer.
 */
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { openAcceptDriver } from '../contract/streams/accept-driver.ts';
import { allLives } from '../contract/streams/all-lives.ts';
import type { Driver } from '../contract/streams/driver.ts';
import { KINDS_OF_LIVES } from '../contract/streams/kinds-of-lives.ts';
import { openLawDriver } from '../contract/streams/law-driver.ts';
import { playAll } from '../contract/streams/play-all.ts';
import { play } from '../contract/streams/world.ts';

/** Of each kind. */
const RUNS = Number(process.env.STREAMS_RUNS ?? 2_000);
/** What is told of by the rule itself costs little. */
const RUNS_OF_THE_RULE = 20 * RUNS;

let driver: Driver;
before(async () => {
  driver = await openAcceptDriver();
});
after(async () => await driver.close());

test('in all lives of three chapters', async () => {
  await playAll(driver, [...allLives(3, { mixed: true })]);
});

for (const { name, lives, addresses } of KINDS_OF_LIVES) {
  test(name, async () => {
    for (const [who, numRuns] of [
      [openLawDriver(), RUNS_OF_THE_RULE],
      [driver, RUNS],
    ] as const) {
      const property = fc.asyncProperty(lives, async (steps) => {
        await play(await who.stream(), steps, addresses);
      });
      await fc.assert(property, { numRuns });
    }
  });
}
