/**
 * What people hear of an alert, told by one Alertmanager or by two, in any order, again, late and by halves: the last word is the alert's
 * last state, and what is a copy is told once. streams/world.ts has the Alertmanagers, streams/law.ts the rule.
 */
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { openAcceptDriver } from './streams/accept-driver.ts';
import { allLives, oneIn } from './streams/all-lives.ts';
import type { Driver } from './streams/driver.ts';
import { KINDS_OF_LIVES } from './streams/kinds-of-lives.ts';
import { openLawDriver } from './streams/law-driver.ts';
import { playAll } from './streams/play-all.ts';
import { life } from './streams/random-lives.ts';
import { fromSource } from './streams/sources.ts';
import { play } from './streams/world.ts';

/** Random lives of each kind; test/long/streams.test.ts plays more. */
const RUNS = 100;
/** Of the lives of three chapters one in so many is played here, all of them there. Primes, so that each way of telling has its turn. */
const ONE_IN = { rule: 5, product: 29 };

describe('the last word of an alert is its last state, and no copy is told', () => {
  let driver: Driver;
  before(async () => {
    driver = await openAcceptDriver();
  });
  after(async () => await driver.close());

  test('by the rule itself, in lives of three chapters', async () => {
    await playAll(openLawDriver(), oneIn(ONE_IN.rule, allLives(3, { mixed: false })));
  });

  test('in all lives of two chapters', async () => {
    await playAll(driver, [...allLives(2, { mixed: false })]);
  });

  test('in lives of three chapters', async () => {
    await playAll(driver, oneIn(ONE_IN.product, allLives(3, { mixed: true })));
  });

  for (const { name, lives, addresses } of KINDS_OF_LIVES) {
    test(name, async () => {
      const property = fc.asyncProperty(lives, async (steps) => {
        await play(await driver.stream(), steps, addresses);
      });
      await fc.assert(property, { numRuns: RUNS });
    });
  }

  test('in two random lives that come from two sources on one path', async () => {
    const property = fc.asyncProperty(life, life, async (one, other) => {
      const stream = await driver.stream();
      await Promise.all([play(fromSource(stream, 'eu'), one), play(fromSource(stream, 'us'), other)]);
    });
    await fc.assert(property, { numRuns: RUNS });
  });
});
