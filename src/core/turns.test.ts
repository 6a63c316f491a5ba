import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTurns } from './turns.ts';

/** Turns with a clock that is moved by hand, and webhooks that ask for the next turn when they had one. */
function createScene() {
  const timers: { dueAt: number; act: () => void }[] = [];
  let now = 0;
  const turns = createTurns({
    after(ms, act) {
      const timer = { dueAt: now + ms, act };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
    },
  });
  return {
    turns,
    pass(ms: number) {
      now += ms;
      for (const { dueAt, act } of [...timers]) if (dueAt <= now) act();
    },
    timers: () => timers.length,
    /** Whether webhooks are let in now. */
    async asks(waitedMs = 0) {
      let isIn = false;
      turns.webhooks.next(() => {
        isIn = true;
      }, waitedMs);
      await nextTurn();
      return () => isIn;
    },
  };
}

test('webhooks are let in at once while no lane is behind', async () => {
  const { turns, asks, timers } = createScene();
  const lane = turns.forLane();
  assert.equal((await asks())(), true);
  lane.working(999);
  turns.webhooks.read(100_000);
  assert.equal((await asks())(), true);
  assert.equal(timers(), 0);
});

test('while a lane is behind, fewer events are read than it tells', async () => {
  const { turns, asks } = createScene();
  const lane = turns.forLane();
  lane.working(5_000);
  let isIn = await asks();
  let [told, read] = [0, 0];
  for (let message = 0; message < 100; message++) {
    lane.told(500);
    told += 500;
    await nextTurn();
    while (isIn()) {
      turns.webhooks.read(300);
      read += 300;
      isIn = await asks();
    }
  }
  assert.ok(read < told && read > told * 0.7, `${read} of ${told}`);
});

test('a lane that rests holds nobody, nor one whose backlog is gone', async () => {
  const { turns, asks } = createScene();
  const [one, other] = [turns.forLane(), turns.forLane()];
  one.working(1_000);
  other.working(1_000);
  const isIn = await asks();
  one.resting();
  await nextTurn();
  assert.equal(isIn(), false);
  other.working(10);
  await nextTurn();
  assert.equal(isIn(), true);
});

test('webhooks wait for a tenth of a second at most, and what was read too much is forgotten with the backlog', async () => {
  const { turns, asks, pass, timers } = createScene();
  const lane = turns.forLane();
  lane.working(1_000);
  turns.webhooks.read(1_000_000);
  const isIn = await asks();
  pass(99);
  await nextTurn();
  assert.equal(isIn(), false);
  pass(1);
  await nextTurn();
  assert.equal(isIn(), true);
  assert.equal(timers(), 0);
  lane.resting();
  await asks();
  lane.working(1_000);
  const again = await asks();
  lane.told(1);
  await nextTurn();
  assert.equal(again(), true);
});

test('a webhook that has waited for half a second is held no more', async () => {
  const { turns, asks } = createScene();
  turns.forLane().working(1_000);
  assert.equal((await asks(499))(), false);
  assert.equal((await asks(500))(), true);
});
