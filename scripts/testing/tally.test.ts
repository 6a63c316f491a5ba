import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGood, type Result, renderSummary, type Step, unexplainedSkips } from './tally.ts';

const PASSED: Result = { kind: 'passed', name: 'a', file: 'a.test.ts' };
const FAILED: Result = { kind: 'failed', name: 'b', file: 'b.test.ts' };
const SKIPPED: Result = { kind: 'skipped', name: 'c', file: 'c.test.ts', reason: 'no Docker' };

function step(changes: Partial<Step>): Step {
  return { name: 'unit', results: [], troubles: [], tookMs: 1_000, ...changes };
}

const summaries: readonly { name: string; steps: readonly Step[]; last: string; good: boolean }[] = [
  { name: 'nothing ran', steps: [], last: '0 passed, 0 failed', good: true },
  {
    name: 'groups are added up',
    steps: [step({ results: [PASSED, PASSED] }), step({ results: [PASSED, FAILED] })],
    last: '3 passed, 1 failed',
    good: false,
  },
  {
    name: 'tests were skipped',
    steps: [step({ results: [PASSED, SKIPPED] })],
    last: '1 passed, 0 failed, 1 skipped',
    good: true,
  },
  {
    name: 'a step is in trouble although its tests passed',
    steps: [step({ results: [PASSED], troubles: ['leak'] })],
    last: '1 passed, 1 failed',
    good: false,
  },
  {
    name: 'a step is in trouble and a test failed',
    steps: [step({ results: [FAILED], troubles: ['leak'] })],
    last: '0 passed, 1 failed',
    good: false,
  },
];
for (const { name, steps, last, good } of summaries) {
  test(`ends with one line of counts when ${name}`, () => {
    assert.equal(renderSummary(steps).split('\n').at(-1), last);
    assert.equal(steps.every(isGood), good);
  });
}

test('shows each step with its counts, time and troubles', () => {
  const text = renderSummary([
    step({ name: 'types', troubles: ['exit code 2'], tookMs: 640 }),
    step({ name: 'lint' }),
    step({ name: 'integration', results: [PASSED] }),
  ]);
  assert.equal(
    text,
    `
✖ types        failed  (0.6 s)
    exit code 2
✔ lint         ok  (1.0 s)
✔ integration  1 passed, 0 failed  (1.0 s)

1 passed, 1 failed`,
  );
});

test('finds skips that do not say why', () => {
  const silent: Result = { kind: 'skipped', name: 'd', file: 'd.test.ts', reason: '' };
  assert.deepEqual(unexplainedSkips([PASSED, SKIPPED, silent]), [
    'skipped without a reason: "d" in d.test.ts: give one, { skip: \'why\' }',
  ]);
});
