import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { leaveAt } from './gather.ts';
import { AT, gatherConfigs, gatherings } from './testing/arbitrary.ts';

/** How many times longer than configured an open message is kept back at most, when the month runs out. */
const MOST_PATIENCE = 6;

test('no message is kept back for longer than the gathering time or a window, and patience is bounded', () => {
  fc.assert(
    fc.property(gatherings, gatherConfigs, (gathering, config) => {
      const gatherMs = gathering.rank === 0 ? config.gatherCriticalMs : config.gatherMs * MOST_PATIENCE;
      const mostMs = Math.max(gatherMs, gathering.pace?.windowMs ?? 0);
      assert.ok(leaveAt(gathering, config) - AT <= mostMs + 1e-3);
    }),
    { numRuns: 500 },
  );
});

test('a message leaves in the end, by looking again when it is told to', () => {
  fc.assert(
    fc.property(gatherings, gatherConfigs, (gathering, config) => {
      let at = AT;
      for (let looks = 0; looks < 30; looks++) {
        const { pace } = gathering;
        const starts = gathering.starts.filter((start) => start > at - (pace?.windowMs ?? 0));
        const freeStarts = gathering.freeStarts + gathering.starts.length - starts.length;
        const leavesAt = Math.ceil(leaveAt({ ...gathering, starts, freeStarts }, config));
        if (leavesAt <= at) return;
        at = leavesAt;
      }
      assert.fail(`still kept back after ${at - AT} ms`);
    }),
    { numRuns: 500 },
  );
});

test('without a pace, or with neither gathering nor critical events before, nothing is kept back', () => {
  fc.assert(
    fc.property(gatherings, gatherConfigs, (gathering, config) => {
      const off = { gatherMs: 0, gatherCriticalMs: 0 };
      assert.ok(leaveAt({ ...gathering, pace: undefined }, config) <= AT);
      assert.ok(leaveAt({ ...gathering, lastCriticalAt: undefined }, off) <= AT);
    }),
  );
});

test('the first critical event waits for nothing but what could join its message', () => {
  fc.assert(
    fc.property(gatherings, gatherConfigs, (gathering, config) => {
      const first = { ...gathering, rank: 0, lastCriticalAt: undefined };
      assert.ok(leaveAt({ ...first, open: false }, config) <= AT);
      assert.ok(leaveAt(first, config) <= first.oldestAt + config.gatherCriticalMs);
    }),
  );
});
