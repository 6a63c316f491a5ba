import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { paceAt } from './pace.ts';
import { AT, paces, starts } from './testing/arbitrary.ts';

/** What happens between two looks at the pace: time passes, and the wall clock may be set back. */
interface Pause {
  readonly passesMs: number;
  readonly setBackMs: number;
}

const pauses: fc.Arbitrary<Pause> = fc.record({
  passesMs: fc.oneof(fc.nat(500), fc.nat(90_000)),
  setBackMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7_200_000) }),
});

test('no window ever holds more starts than the pace allows, however often the clock is set back', () => {
  fc.assert(
    fc.property(paces, fc.array(pauses, { maxLength: 150, size: 'max' }), (pace, list) => {
      let realAt = 0;
      let clockAt = AT;
      let recorded: readonly number[] = [];
      const real: number[] = [];
      for (const { passesMs, setBackMs } of list) {
        realAt += passesMs;
        clockAt += passesMs - setBackMs;
        // As Outbox.view() does, once.
        recorded = recorded.map((start) => Math.min(start, clockAt));
        if (paceAt(pace, recorded, clockAt).freeStarts === 0) continue;
        recorded = [...recorded, clockAt];
        real.push(realAt);
      }
      for (const [index, start] of real.entries()) {
        const next = real[index + pace.starts];
        if (next !== undefined) assert.ok(next - start >= pace.windowMs, `${next - start} ms`);
      }
    }),
  );
});

test('whoever has to wait is told a time that is ahead, at most one window, and may start then', () => {
  fc.assert(
    fc.property(paces, starts, (pace, recorded) => {
      const { freeStarts, nextAt } = paceAt(pace, recorded, AT);
      if (freeStarts > 0) return assert.equal(nextAt, AT);
      assert.ok(nextAt > AT && nextAt <= AT + pace.windowMs, `${nextAt - AT} ms`);
      assert.ok(paceAt(pace, recorded, nextAt).freeStarts > 0);
    }),
  );
});

test('free and spent starts make up the pace, unless more were begun than it allows', () => {
  fc.assert(
    fc.property(paces, starts, (pace, recorded) => {
      const { freeStarts, spentStarts } = paceAt(pace, recorded, AT);
      assert.equal(freeStarts, Math.max(0, pace.starts - spentStarts));
    }),
  );
});
