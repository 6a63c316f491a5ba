/**
 * What people hear of an alert, told by one Alertmanager or by two, in any order, again, late and by halves: the last word is the alert's
 * last state, and what is a copy is told once. streams/world.ts has the Alertmanagers, streams/law.ts the rule.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { openAcceptDriver } from './streams/accept-driver.ts';
import { allLives } from './streams/all-lives.ts';
import type { Driver } from './streams/driver.ts';
import { openLawDriver } from './streams/law-driver.ts';
import { playAll } from './streams/play-all.ts';
import { life, setBackLife, troubledLife } from './streams/random-lives.ts';
import { type Addresses, play, type Step, TWO_ADDRESSES } from './streams/world.ts';

/** Random lives of each kind; test/long/streams.test.ts plays more. */
const RUNS = 100;
/** Of the lives of three chapters one in so many is played here, all of them there. A prime, so that each way of telling has its turn. */
const ONE_IN = 19;

const ADDRESSES: readonly { readonly name: string; readonly addresses: Addresses }[] = [
  { name: 'with an address each', addresses: TWO_ADDRESSES },
  { name: 'with one address', addresses: [TWO_ADDRESSES[0], TWO_ADDRESSES[0]] },
  { name: 'without an address', addresses: [undefined, undefined] },
];

describe('the last word of an alert is its last state, and no copy is told', () => {
  let driver: Driver;
  before(async () => {
    driver = await openAcceptDriver();
  });
  after(async () => await driver.close());

  const holds = async (lives: fc.Arbitrary<readonly Step[]>, addresses: Addresses, numRuns = RUNS) =>
    await fc.assert(
      fc.asyncProperty(lives, async (steps) => void (await play(driver, steps, addresses))),
      { numRuns },
    );

  test('by the rule itself, in all lives of three chapters', async () => {
    const lives = [...allLives(3, { mixed: false })];
    assert.ok(lives.length > 10_000);
    await playAll(openLawDriver(), lives);
  });

  test('in all lives of two chapters', async () => {
    await playAll(driver, [...allLives(2, { mixed: false }), ...allLives(2, { mixed: true })]);
  });

  test('in lives of three chapters', async () => {
    await playAll(
      driver,
      [...allLives(3, { mixed: true })].filter((_, index) => index % ONE_IN === 0),
    );
  });

  for (const { name, addresses } of ADDRESSES) {
    test(`in random lives, told by two ${name}`, async () => await holds(life, addresses));
    test(`in random lives with webhooks that nobody waits for, told by two ${name}`, async () =>
      await holds(troubledLife, addresses));
  }

  test('in random lives by a clock that is set back', async () =>
    await holds(setBackLife, [TWO_ADDRESSES[0], TWO_ADDRESSES[0]]));
});
