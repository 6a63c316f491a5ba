import assert from 'node:assert/strict';
import test from 'node:test';
import { createFaultPlan, parseFaultOrders, parseRandomFaults } from './fault-plan.ts';

test('gives ordered faults in their order, each as often as it was ordered', () => {
  const plan = createFaultPlan();
  plan.order([{ kind: 'empty', times: 2 }, { kind: 'html' }]);
  assert.deepEqual(kinds(plan, 4), ['empty', 'empty', 'html', undefined]);
});

test("keeps one robot's fault for its own calls", () => {
  const plan = createFaultPlan();
  plan.order([{ kind: 'empty', robot: 'ops' }, { kind: 'html' }]);
  assert.equal(plan.next('dev')?.kind, 'html');
  assert.equal(plan.next(null), undefined);
  assert.equal(plan.next('ops')?.kind, 'empty');
});

test('keeps a fault for the calls that hold its text', () => {
  const plan = createFaultPlan();
  plan.order([{ kind: 'empty', containing: 'DiskFull', times: 2 }]);
  const next = (body?: string) => plan.next('ops', body)?.kind;
  assert.deepEqual(['other', 'x DiskFull', undefined, 'DiskFull', 'DiskFull'].map(next), [
    undefined,
    'empty',
    undefined,
    'empty',
    undefined,
  ]);
});

test('draws the same faults from the same seed, others from another', () => {
  const first = drawn(7, 200);
  assert.deepEqual(drawn(7, 200), first);
  assert.notDeepEqual(drawn(8, 200), first);
});

test('draws each fault about as often as its probability says', () => {
  const draws = drawn(1, 10_000);
  const share = (kind: string | undefined) =>
    draws.filter((drawnKind) => drawnKind === kind).length / draws.length;
  assert.ok(Math.abs(share('empty') - 0.3) < 0.02, `empty ${share('empty')}`);
  assert.ok(Math.abs(share('html') - 0.1) < 0.02, `html ${share('html')}`);
  assert.ok(Math.abs(share(undefined) - 0.6) < 0.02, `none ${share(undefined)}`);
});

test('forgets what was ordered, and draws no more, when told so', () => {
  const plan = createFaultPlan();
  plan.order([{ kind: 'empty', times: 9 }]);
  plan.randomize({ seed: 1, faults: [{ kind: 'html', probability: 1 }] });
  plan.clear();
  assert.deepEqual(plan.waiting(), []);
  assert.equal(plan.next('ops')?.kind, 'html');
  plan.randomize(null);
  assert.equal(plan.next('ops'), undefined);
});

test('tells which orders wait, and how often each will yet come', () => {
  const plan = createFaultPlan();
  plan.order([{ kind: 'slow', ms: 5, times: 3 }]);
  plan.next('ops');
  assert.deepEqual(plan.waiting(), [{ kind: 'slow', ms: 5, times: 2 }]);
});

test('reads orders of every shape', () => {
  const orders = [
    { kind: 'errcode', errcode: -1, errmsg: 'x', subCode: 'y', robotSees: true, times: 2, robot: 'ops' },
    { kind: 'http', status: 502, body: 'x', headers: { 'retry-after': '3' } },
    { kind: 'hang_after', ms: 10, containing: 'x' },
    { kind: 'slow', ms: 10 },
    { kind: 'reset_before' },
    { kind: 'drip', robotSees: false },
  ];
  assert.deepEqual(parseFaultOrders(orders), orders);
});

const REFUSED = [
  { name: 'an unknown kind', order: { kind: 'nap' }, message: /next\[0\]\.kind: expected one of errcode/ },
  {
    name: 'an errcode fault without code',
    order: { kind: 'errcode' },
    message: /next\[0\]\.errcode: expected a number/,
  },
  {
    name: 'a status beyond HTTP',
    order: { kind: 'http', status: 700 },
    message: /expected 200 to 599, got 700/,
  },
  {
    name: 'no times at all',
    order: { kind: 'empty', times: 0 },
    message: /times: expected a number from 1, got 0/,
  },
  { name: 'a misspelt field', order: { kind: 'empty', time: 2 }, message: /next\[0\]\.time: unknown/ },
];

for (const { name, order, message } of REFUSED) {
  test(`refuses ${name}`, () => {
    assert.throws(() => parseFaultOrders([order]), { message });
  });
}

test('refuses probabilities that add up to more than 1', () => {
  const faults = [
    { kind: 'empty', probability: 0.6 },
    { kind: 'html', probability: 0.6 },
  ];
  assert.throws(() => parseRandomFaults({ seed: 1, faults }), { message: /at most 1, got 1.2/ });
});

function drawn(seed: number, count: number): readonly (string | undefined)[] {
  const plan = createFaultPlan();
  plan.randomize({
    seed,
    faults: [
      { kind: 'empty', probability: 0.3 },
      { kind: 'html', probability: 0.1 },
    ],
  });
  return kinds(plan, count);
}

function kinds(plan: ReturnType<typeof createFaultPlan>, count: number): readonly (string | undefined)[] {
  return Array.from({ length: count }, () => plan.next('ops')?.kind);
}
