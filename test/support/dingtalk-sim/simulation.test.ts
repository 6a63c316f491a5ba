import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { DingTalkSim } from './server.ts';
import type { SimSettings } from './settings.ts';
import { callRobot, errcodeOfCall, LINK, linkWithId, OPS, simFor } from './test-call.ts';

const MINUTE_MS = 60_000;
const START = Date.parse('2026-11-22T00:00:00Z');

test('refuses the twenty-first call of a minute, then everything for ten minutes', async (t) => {
  const { sim, clock } = await simWithClock(t);
  assert.deepEqual(await errcodesOf(sim, 22), [...Array(20).fill(0), 130101, 130101]);
  clock.at += 10 * MINUTE_MS - 1;
  assert.equal(await errcodeOfCall(sim), 130101);
  clock.at += 10 * MINUTE_MS;
  assert.equal(await errcodeOfCall(sim), 0);
});

test('records the call that was one too many and those inside the block as violations', async (t) => {
  const { sim, clock } = await simWithClock(t, { startsPerMinute: 1 });
  await callRobot(sim, { body: linkWithId('id-1') });
  assert.deepEqual(sim.violations(), []);
  await callRobot(sim, { body: linkWithId('id-2') });
  clock.at += MINUTE_MS;
  await callRobot(sim, { body: linkWithId('id-3') });
  assert.deepEqual(sim.violations(), [
    { at: START, robot: 'ops', kind: 'rate_exceeded', msgUuid: 'id-2' },
    { at: START + MINUTE_MS, robot: 'ops', kind: 'sent_during_block', msgUuid: 'id-3' },
  ]);
});

test('lets each call inside the block begin it anew, unless told otherwise', async (t) => {
  for (const [blockProlongs, errcode] of [
    [true, 130101],
    [false, 0],
  ] as const) {
    const { sim, clock } = await simWithClock(t, { startsPerMinute: 1, blockProlongs });
    await errcodesOf(sim, 2);
    clock.at += 9 * MINUTE_MS;
    await errcodeOfCall(sim);
    clock.at += 2 * MINUTE_MS;
    assert.equal(await errcodeOfCall(sim), errcode, `blockProlongs ${blockProlongs}`);
  }
});

test('counts refused calls towards the minute, unless told otherwise', async (t) => {
  for (const [countRefused, errcode] of [
    [true, 130101],
    [false, 0],
  ] as const) {
    const { sim } = await simWithClock(t, { startsPerMinute: 1, countRefused });
    assert.equal(await errcodeOfCall(sim, { body: {} }), 40035);
    assert.equal(await errcodeOfCall(sim), errcode, `countRefused ${countRefused}`);
  }
});

test('counts calls that a fault kept from the robot, and GET, towards the minute', async (t) => {
  const { sim } = await simWithClock(t, { startsPerMinute: 2 });
  sim.orderFaults([{ kind: 'reset_before' }]);
  await assert.rejects(callRobot(sim));
  assert.equal(await errcodeOfCall(sim, { method: 'GET' }), 43002);
  assert.equal(await errcodeOfCall(sim), 130101);
});

test('answers 410100 for too fast sending if told so', async (t) => {
  const { sim } = await simWithClock(t, { startsPerMinute: 0, throttleErrcode: 410100 });
  assert.equal(await errcodeOfCall(sim), 410100);
});

test('limits each robot by itself', async (t) => {
  const { sim } = await simWithClock(t, { startsPerMinute: 1 });
  sim.replaceRobots([OPS, { name: 'dev', token: 'dev-token' }]);
  await errcodesOf(sim, 2);
  assert.equal(await errcodeOfCall(sim, { query: 'access_token=dev-token' }), 0);
});

test('makes a minute of the robot last a second at time scale 60', async (t) => {
  const { sim, clock } = await simWithClock(t, { timeScale: 60 });
  await errcodesOf(sim, 21);
  clock.at += 10_000;
  assert.equal(await errcodeOfCall(sim), 0);
  assert.equal(sim.state().robots[0]?.recentStarts, 1);
});

test('refuses every call once the month is used up, and takes calls again next month', async (t) => {
  const { sim, clock } = await simWithClock(t, { monthQuota: 2 });
  sim.replaceRobots([OPS, { name: 'dev', token: 'dev-token' }]);
  assert.equal(await errcodeOfCall(sim, { query: 'access_token=dev-token' }), 0);
  assert.deepEqual(await errcodesOf(sim, 2), [0, 90030]);
  clock.at = Date.parse('2026-11-30T16:00:00Z');
  assert.equal(await errcodeOfCall(sim), 0);
});

test('does not count calls towards the month that were too fast', async (t) => {
  const { sim } = await simWithClock(t, { startsPerMinute: 1, monthQuota: 9 });
  await errcodesOf(sim, 3);
  assert.equal(sim.state().monthCalls, 1);
});

test('answers a repeated id with errcode 0 and shows the message once', async (t) => {
  const { sim } = await simWithClock(t);
  for (let time = 1; time <= 3; time += 1)
    assert.equal(await errcodeOfCall(sim, { body: linkWithId('id-1') }), 0);
  assert.equal(sim.messages().length, 1);
  assert.deepEqual(
    sim.requests().map((request) => request.result),
    ['shown', 'duplicate', 'duplicate'],
  );
  assert.equal(sim.state().counts.duplicate, 2);
});

test('shows messages without id as often as they come', async (t) => {
  const { sim } = await simWithClock(t);
  await errcodesOf(sim, 2);
  assert.equal(sim.messages().length, 2);
});

test('shows one id once for each robot', async (t) => {
  const { sim } = await simWithClock(t);
  sim.replaceRobots([OPS, { name: 'dev', token: 'dev-token' }]);
  await callRobot(sim, { body: linkWithId('id-1') });
  await callRobot(sim, { body: linkWithId('id-1'), query: 'access_token=dev-token' });
  assert.deepEqual(
    sim.messages().map((message) => message.robot),
    ['ops', 'dev'],
  );
});

test('swallows a message whose id a refusal has used up', async (t) => {
  const { sim, clock } = await simWithClock(t, { startsPerMinute: 1 });
  await callRobot(sim);
  assert.equal(await errcodeOfCall(sim, { body: linkWithId('id-1') }), 130101);
  clock.at += 11 * MINUTE_MS;
  assert.equal(await errcodeOfCall(sim, { body: linkWithId('id-1') }), 0);
  assert.equal(sim.messages().length, 1);
  assert.equal(sim.requests().at(-1)?.result, 'swallowed');
});

test('shows a message that was refused under another id', async (t) => {
  const { sim, clock } = await simWithClock(t, { startsPerMinute: 1 });
  await callRobot(sim);
  await callRobot(sim, { body: linkWithId('id-1') });
  clock.at += 11 * MINUTE_MS;
  await callRobot(sim, { body: linkWithId('id-2') });
  assert.equal(sim.messages().at(-1)?.msgUuid, 'id-2');
});

test('leaves a refused id usable if told so', async (t) => {
  const { sim } = await simWithClock(t, { refusedUuid: 'kept' });
  sim.replaceRobots([{ ...OPS, state: 'disabled' }]);
  assert.equal(await errcodeOfCall(sim, { body: linkWithId('id-1') }), 400102);
  sim.replaceRobots([OPS]);
  await callRobot(sim, { body: linkWithId('id-1') });
  assert.equal(sim.messages().length, 1);
});

test('shows a message again once its id is forgotten', async (t) => {
  const { sim, clock } = await simWithClock(t, { uuidMemoryMs: MINUTE_MS });
  await callRobot(sim, { body: linkWithId('id-1') });
  clock.at += MINUTE_MS;
  await callRobot(sim, { body: linkWithId('id-1') });
  assert.equal(sim.messages().length, 2);
});

test('records an id that comes again with another message as a violation', async (t) => {
  const { sim } = await simWithClock(t);
  await callRobot(sim, { body: linkWithId('id-1') });
  await callRobot(sim, { body: { ...linkWithId('id-1'), link: { ...LINK.link, title: 'another' } } });
  assert.deepEqual(
    sim.violations().map((violation) => violation.kind),
    ['uuid_with_other_message'],
  );
});

async function simWithClock(t: TestContext, settings: Partial<SimSettings> = {}) {
  const clock = { at: START };
  const sim = await simFor(t, { settings, now: () => clock.at });
  return { sim, clock };
}

async function errcodesOf(sim: DingTalkSim, count: number): Promise<unknown[]> {
  const codes: unknown[] = [];
  for (let call = 0; call < count; call += 1) codes.push(await errcodeOfCall(sim));
  return codes;
}
