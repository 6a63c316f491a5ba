import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeSilence, type Verdict } from './judge.ts';

const MINUTE = 60_000;
const RULE = { intervalMs: 5 * MINUTE, graceMs: 6 * MINUTE };

describe('judgeSilence', () => {
  const table: { name: string; silent: number; heard: boolean; raised: boolean; verdict: Verdict }[] = [
    {
      name: 'waits for the rest of interval and grace',
      silent: 4,
      heard: true,
      raised: false,
      verdict: { kind: 'wait', inMs: 7 * MINUTE },
    },
    {
      name: 'gives a fresh start the whole time, though nothing was heard yet',
      silent: 0,
      heard: false,
      raised: false,
      verdict: { kind: 'wait', inMs: 11 * MINUTE },
    },
    { name: 'raises when both are over', silent: 11, heard: true, raised: false, verdict: { kind: 'raise' } },
    {
      name: 'raises also if nothing was ever heard',
      silent: 11,
      heard: false,
      raised: false,
      verdict: { kind: 'raise' },
    },
    {
      name: 'does not raise twice',
      silent: 60,
      heard: true,
      raised: true,
      verdict: { kind: 'wait', inMs: 5 * MINUTE },
    },
    {
      name: 'resolves when a heartbeat is back',
      silent: 0,
      heard: true,
      raised: true,
      verdict: { kind: 'resolve' },
    },
    {
      name: 'does not resolve because notifierd was started anew',
      silent: 0,
      heard: false,
      raised: true,
      verdict: { kind: 'wait', inMs: 5 * MINUTE },
    },
  ];
  for (const { name, silent, heard, raised, verdict } of table) {
    test(name, () =>
      assert.deepEqual(judgeSilence({ silentMs: silent * MINUTE, heard, raised }, RULE), verdict),
    );
  }
});
