import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurnstile } from './turnstile.ts';

/** Turns that are begun by hand, and a clock that only work moves. */
function createScene(turnMs: number) {
  let now = 0;
  let next: (() => void)[] = [];
  const turnstile = createTurnstile({
    turnMs,
    elapsed: () => now,
    nextTurn(callback, waitedMs) {
      next.push(callback);
      waited.push(waitedMs);
    },
  });
  const done: string[] = [];
  const waited: number[] = [];
  return {
    done,
    /** Of the first in the queue, each time that a turn was asked for. */
    waited,
    enter: (name: string, ms: number) =>
      turnstile(() => {
        now += ms;
        done.push(name);
        return name;
      }),
    turn(): void {
      const due = next;
      next = [];
      for (const callback of due) callback();
    },
    turnsAsked: () => next.length,
    turnstile,
  };
}

test('runs work at once while the turn has time, and the rest in later turns, in order', async () => {
  const { done, enter, turn, turnsAsked } = createScene(5);
  const all = [enter('a', 3), enter('b', 3), enter('c', 3), enter('d', 20), enter('e', 1)];
  assert.deepEqual(done, ['a', 'b']);
  turn();
  assert.deepEqual(done, ['a', 'b', 'c', 'd']);
  all.push(enter('f', 1));
  turn();
  assert.deepEqual(done, ['a', 'b', 'c', 'd', 'e', 'f']);
  assert.deepEqual(await Promise.all(all), ['a', 'b', 'c', 'd', 'e', 'f']);
  turn();
  assert.equal(turnsAsked(), 0);
  assert.equal(await enter('g', 1), 'g');
  assert.equal(done.at(-1), 'g');
});

test('who comes later waits behind who waits, however short the turn was', () => {
  const { done, enter, turn } = createScene(2);
  void enter('a', 2);
  void enter('b', 1);
  assert.deepEqual(done, ['a']);
  turn();
  void enter('c', 0);
  void enter('d', 1);
  void enter('e', 0);
  assert.deepEqual(done, ['a', 'b', 'c', 'd']);
  turn();
  assert.deepEqual(done, ['a', 'b', 'c', 'd', 'e']);
});

test('what fails is told to who asked for it, and harms nobody else', async () => {
  const { turnstile, enter, turn } = createScene(1);
  const first = turnstile(() => {
    throw new Error('not JSON');
  });
  await assert.rejects(first, /not JSON/);
  void enter('a', 1);
  const waiting = turnstile(() => {
    throw new Error('nor this');
  });
  const after = enter('b', 0);
  turn();
  await assert.rejects(waiting, /nor this/);
  assert.equal(await after, 'b');
});

test('tells how long the first in the queue has waited', () => {
  const { enter, turn, waited } = createScene(2);
  for (const name of ['a', 'b', 'c']) void enter(name, 2);
  turn();
  turn();
  // When a has run nobody waits yet; when b has run, c has waited for as long as b took.
  assert.deepEqual(waited, [0, 2, 0]);
});
