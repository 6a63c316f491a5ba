import assert from 'node:assert/strict';
import test from 'node:test';
import type { Fault } from './fault.ts';
import type { RobotState } from './robot.ts';
import { callRobot, errcodeOfCall, linkWithId, OPS, simFor } from './test-call.ts';

test('a fault for a robot spares the others, and one for no robot meets unknown tokens too', async (t) => {
  const sim = await simFor(t, { robots: [OPS, { name: 'dev', token: 'dev-token' }] });
  sim.orderFaults([{ kind: 'errcode', errcode: 430102, robot: 'dev' }]);
  assert.equal(await errcodeOfCall(sim), 0);
  assert.equal(await errcodeOfCall(sim, { query: 'access_token=dev-token' }), 430102);
  sim.orderFaults([{ kind: 'errcode', errcode: -1 }]);
  assert.equal(await errcodeOfCall(sim, { query: 'access_token=other' }), -1);
});

test('an ordered 130101 begins the block', async (t) => {
  const sim = await simFor(t);
  sim.orderFaults([{ kind: 'errcode', errcode: 130101 }]);
  assert.equal(await errcodeOfCall(sim), 130101);
  assert.equal(await errcodeOfCall(sim), 130101);
  assert.deepEqual(
    sim.violations().map((violation) => violation.kind),
    ['sent_during_block'],
  );
});

const IDS = [
  {
    name: 'a plainly refused id is used up',
    fault: { kind: 'errcode', errcode: 430102 },
    result: 'swallowed',
  },
  { name: 'an id answered -1 is still good', fault: { kind: 'errcode', errcode: -1 }, result: 'shown' },
  {
    name: 'an id with an unknown code is still good',
    fault: { kind: 'errcode', errcode: 987654 },
    result: 'shown',
  },
  { name: 'an id without answer is still good', fault: { kind: 'reset_before' }, result: 'shown' },
  { name: 'an id of a banned address is still good', fault: { kind: 'status1111' }, result: 'shown' },
  {
    name: 'an id of a message shown without answer is a duplicate',
    fault: { kind: 'reset_after' },
    result: 'duplicate',
  },
] as const satisfies readonly { name: string; fault: Fault; result: string }[];

for (const { name, fault, result } of IDS) {
  test(name, async (t) => {
    const sim = await simFor(t);
    sim.orderFaults([fault]);
    await callRobot(sim, { body: linkWithId('id-1') }).catch(() => undefined);
    assert.equal(await errcodeOfCall(sim, { body: linkWithId('id-1') }), 0);
    assert.equal(sim.requests().at(-1)?.result, result);
  });
}

test('an answer that is spoiled does not hide a refusal from the records', async (t) => {
  const sim = await simFor(t, { robots: [{ ...OPS, state: 'disabled' }] });
  sim.orderFaults([{ kind: 'errcode_string' }, { kind: 'reset_after' }]);
  assert.equal(await errcodeOfCall(sim), '400102');
  await assert.rejects(callRobot(sim));
  assert.deepEqual(
    sim.requests().map((request) => request.result),
    ['refused', 'refused'],
  );
  assert.equal(sim.messages().length, 0);
});

const SPARED = [
  {
    name: 'an id that was open before its refusal is still good, if told so',
    state: 'active',
    faults: [{ kind: 'reset_before' }, { kind: 'errcode', errcode: 430102 }],
  },
  {
    name: 'an id whose refusal got lost is still good, if told so',
    state: 'disabled',
    faults: [{ kind: 'reset_after' }],
  },
] as const satisfies readonly { name: string; state: RobotState; faults: readonly Fault[] }[];

for (const { name, state, faults } of SPARED) {
  test(name, async (t) => {
    const sim = await simFor(t, {
      settings: { refusedUuid: 'consumed_if_all_refused' },
      robots: [{ ...OPS, state }],
    });
    sim.orderFaults(faults);
    for (const _ of faults) await callRobot(sim, { body: linkWithId('id-1') }).catch(() => undefined);
    sim.replaceRobots([OPS]);
    await callRobot(sim, { body: linkWithId('id-1') });
    assert.equal(sim.messages().length, 1);
  });
}
