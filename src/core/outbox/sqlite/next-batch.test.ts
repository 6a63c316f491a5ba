import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationName } from '../operations/index.ts';
import { nextBatch } from './next-batch.ts';

/** An append of so many events in two pieces, or a step of a lane. */
function operation(name: OperationName, events = 0) {
  const states = Array.from({ length: events }, () => ({}));
  return { name, request: { pieces: [{ states: states.slice(1) }, { states: states.slice(0, 1) }] } };
}

test('all that waits goes together, the steps of lanes last: they see what is stored', () => {
  const [one, view, two, settle] = [
    operation('append', 10),
    operation('view'),
    operation('append', 1),
    operation('settle'),
  ];
  assert.deepEqual(nextBatch([one, view, two, settle]), { batch: [one, two, view, settle], rest: [] });
});

const CASES: readonly { name: string; events: readonly number[]; taken: number }[] = [
  { name: 'four thousand events', events: [3_600, 400, 1], taken: 2 },
  { name: 'one webhook that is larger than a batch', events: [5_000, 1], taken: 1 },
  { name: 'a large one behind a small one', events: [1, 4_000, 1], taken: 1 },
  { name: 'five hundred webhooks', events: Array.from({ length: 501 }, () => 1), taken: 500 },
];
for (const { name, events, taken } of CASES) {
  test(`takes in ${name} at most, the first that came`, () => {
    const appends = events.map((count) => operation('append', count));
    assert.deepEqual(nextBatch(appends), { batch: appends.slice(0, taken), rest: appends.slice(taken) });
  });
}

test('neither kind keeps the other out', () => {
  const steps = Array.from({ length: 501 }, () => operation('view'));
  const append = operation('append', 1);
  const { batch, rest } = nextBatch([...steps, append]);
  assert.deepEqual([batch.length, batch[0], rest], [501, append, [steps[500]]]);
});
