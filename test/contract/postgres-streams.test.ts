/** The random lives of streams.test.ts on PostgreSQL, told to two replicas in turn: fewer of them, for the rule is the same. */
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createStore } from './postgres-steps.ts';
import { acceptInto } from './streams/accept-driver.ts';
import { allLives, oneIn } from './streams/all-lives.ts';
import type { Driver } from './streams/driver.ts';
import { KINDS_OF_LIVES } from './streams/kinds-of-lives.ts';
import { playAll } from './streams/play-all.ts';
import { play } from './streams/world.ts';

/** Of each kind. */
const RUNS = 15;
const ONE_IN = 11;

describe('on two replicas too the last word of an alert is its last state', () => {
  let driver: Driver;
  before(async () => {
    const store = await createStore();
    const engines = [await store.open(), await store.open()];
    driver = acceptInto(engines, async () => {
      await Promise.all(engines.map((engine) => engine.close()));
      await store.drop();
    });
  });
  after(async () => await driver.close());

  test('in lives of two chapters', async () => {
    await playAll(driver, oneIn(ONE_IN, allLives(2, { mixed: true })));
  });

  for (const { name, lives, addresses } of KINDS_OF_LIVES) {
    test(name, async () => {
      const property = fc.asyncProperty(lives, async (steps) => {
        await play(await driver.stream(), steps, addresses);
      });
      await fc.assert(property, { numRuns: RUNS });
    });
  }
});
