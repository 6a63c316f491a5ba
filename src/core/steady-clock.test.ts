import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSteadyClock } from './steady-clock.ts';

const HOUR = 3_600_000;

/** A machine whose clocks are set by the test; what was moved, and by how much. */
function createMachine(moved: () => Promise<void> = async () => undefined) {
  const machine = { wall: 1_000_000, elapsed: 50, pauses: 0 };
  const moves: { byMs: number; at: number }[] = [];
  const clock = createSteadyClock({
    machine: {
      now: () => {
        // A pause between two readings.
        if (machine.pauses > 0) {
          machine.pauses -= 1;
          return machine.wall + 10_000;
        }
        return machine.wall;
      },
      elapsed: () => machine.elapsed,
      wait: async () => undefined,
      after: () => () => undefined,
    },
    moveRecords: async (forward) => {
      moves.push(forward);
      await moved();
    },
  });
  const pass = (ms: number): void => {
    machine.wall += ms;
    machine.elapsed += ms;
  };
  return { clock, machine, moves, pass };
}

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

test('goes with the machine, small steps included', () => {
  const { clock, machine, moves, pass } = createMachine();
  pass(500);
  assert.equal(clock.now(), 1_000_500);
  machine.wall += 4_000;
  assert.equal(clock.now(), 1_004_500);
  assert.deepEqual(moves, []);
});

test('shows the new time together with the order to move what is on record, once', async () => {
  const { clock, machine, moves, pass } = createMachine();
  machine.wall += 2 * HOUR;
  assert.equal(clock.now(), 1_000_000 + 2 * HOUR);
  assert.deepEqual(moves, [{ byMs: 2 * HOUR, at: 1_000_000 }]);
  pass(10);
  assert.equal(clock.now(), 1_000_010 + 2 * HOUR);
  await turn();
  assert.equal(clock.now(), 1_000_010 + 2 * HOUR);
  assert.equal(moves.length, 1);
});

test('goes on as if nothing had happened while the records cannot be moved, and tries again', async () => {
  let fails = true;
  const { clock, machine, moves, pass } = createMachine(async () => {
    if (fails) throw new Error('locked');
  });
  machine.wall += 2 * HOUR;
  clock.now();
  await turn();
  pass(10);
  assert.equal(clock.now(), 1_000_010);
  assert.equal(moves.length, 1);
  fails = false;
  pass(1_000);
  assert.equal(clock.now(), 1_001_010 + 2 * HOUR);
  await turn();
  assert.deepEqual(moves[1], { byMs: 2 * HOUR, at: 1_001_010 });
});

test('goes back with the machine at once', () => {
  const { clock, machine, moves } = createMachine();
  machine.wall -= 2 * HOUR;
  assert.equal(clock.now(), 1_000_000 - 2 * HOUR);
  assert.deepEqual(moves, []);
});

test('does not take a pause between two readings for a jump', () => {
  const { clock, machine, moves } = createMachine();
  machine.pauses = 2;
  assert.equal(clock.now(), 1_000_000);
  assert.deepEqual(moves, []);
});
