import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../../clock.ts';
import { createDatabaseClock } from './database-clock.ts';

const DATABASE = 1_800_000_000_000;
const HOUR = 3_600_000;

/** A machine whose clock is wrong, and a database `offset` ahead of its monotonic time. */
function createScene({ machineAhead = 0, drift = 0 } = {}) {
  let elapsed = 0;
  let offset = DATABASE;
  const machine: Clock = {
    now: () => Math.floor(DATABASE + machineAhead + elapsed),
    elapsed: () => elapsed,
    wait: async () => undefined,
    after: () => () => undefined,
  };
  const clock = createDatabaseClock(machine);
  const trueNow = (): number => offset + elapsed * (1 + drift);
  return {
    clock,
    trueNow,
    pass(ms: number): void {
      elapsed += ms;
    },
    step(ms: number): void {
      offset += ms;
    },
    /** Asks the database what time it is. */
    ask(thereMs: number, backMs: number): void {
      const asked = elapsed;
      elapsed += thereMs;
      const now = Math.floor(trueNow());
      elapsed += backMs;
      clock.learn({ now, asked, answered: elapsed });
    },
  };
}

test('shows the time of the machine as long as nothing was heard of the database', () => {
  const { clock, pass } = createScene({ machineAhead: HOUR });
  assert.equal(clock.now(), DATABASE + HOUR);
  pass(1_500);
  assert.equal(clock.now(), DATABASE + HOUR + 1_500);
});

describe('follows at once', () => {
  const rows = [
    { name: 'a machine that is an hour ahead', machineAhead: HOUR, stepMs: 0 },
    { name: 'a machine that is an hour behind', machineAhead: -HOUR, stepMs: 0 },
    { name: "a database's clock that is set forward by a day", machineAhead: 0, stepMs: 24 * HOUR },
    { name: "a database's clock that is set back by a day", machineAhead: 0, stepMs: -24 * HOUR },
    { name: "a database's clock that is set back by little", machineAhead: 0, stepMs: -40 },
  ];
  for (const { name, machineAhead, stepMs } of rows) {
    test(name, () => {
      const { clock, ask, pass, step, trueNow } = createScene({ machineAhead });
      ask(4, 3);
      pass(10_000);
      step(stepMs);
      ask(4, 3);
      const behind = trueNow() - clock.now();
      assert.ok(behind >= 0 && behind <= 3 + 1, `${behind} ms behind`);
    });
  }
});

test('a slow answer does not spoil what a quick one has told', () => {
  const { clock, ask, pass, trueNow } = createScene();
  ask(1, 1);
  pass(1_000);
  ask(2_000, 2_000);
  const behind = trueNow() - clock.now();
  assert.ok(behind >= 0 && behind <= 1 + 1 + 5_002 * 0.0005 + 1, `${behind} ms behind`);
});

const delay = fc.oneof(fc.nat(3), fc.nat(200), fc.nat(10_000));
const looks = fc.array(fc.record({ restMs: fc.nat(60_000), thereMs: delay, backMs: delay, laterMs: delay }), {
  minLength: 1,
});

test('is never ahead of the database, and behind by no more than the way of the latest answer', () => {
  fc.assert(
    fc.property(fc.integer({ min: -HOUR, max: HOUR }), looks, (machineAhead, list) => {
      const { clock, ask, pass, trueNow } = createScene({ machineAhead });
      for (const { restMs, thereMs, backMs, laterMs } of list) {
        pass(restMs);
        ask(thereMs, backMs);
        const behind = trueNow() - clock.now();
        assert.ok(behind >= 0 && behind <= backMs + 1, `${behind} ms behind`);
        pass(laterMs);
        assert.ok(clock.now() <= trueNow(), 'ahead');
      }
    }),
  );
});

test('clocks that drift apart bring it ahead by no more than the drift since the latest answer', () => {
  const drifts = fc.double({ min: -0.0004, max: 0.0004, noNaN: true });
  fc.assert(
    fc.property(drifts, looks, (drift, list) => {
      const { clock, ask, pass, trueNow } = createScene({ drift });
      for (const { restMs, thereMs, backMs, laterMs } of list) {
        pass(restMs);
        ask(thereMs, backMs);
        const sinceAnswer = thereMs + backMs + laterMs;
        pass(laterMs);
        const ahead = clock.now() - trueNow();
        assert.ok(ahead <= Math.abs(drift) * sinceAnswer + 1, `${ahead} ms ahead after ${sinceAnswer} ms`);
      }
    }),
  );
});
