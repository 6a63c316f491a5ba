import assert from 'node:assert/strict';
import test from 'node:test';
import { createSimClient } from './client.ts';
import { callRobot, errcodeOfCall, linkWithId, OPS, simFor } from './test-call.ts';

const DEV = { name: 'dev', token: 'dev-token-0123', secret: 'SEC-dev-0123' };

test('reads what a simulator elsewhere has seen', async (t) => {
  const sim = await simFor(t, { settings: { startsPerMinute: 1 }, now: () => 1_700_000_000_000 });
  const client = createSimClient(`${sim.url}/`);
  await callRobot(sim, { body: linkWithId('id-1') });
  await callRobot(sim, { body: linkWithId('id-2') });
  assert.deepEqual(await client.messages(), sim.messages());
  assert.deepEqual(await client.messages('dev'), []);
  assert.deepEqual(await client.requests(), sim.requests());
  assert.deepEqual(await client.violations(), sim.violations());
  assert.deepEqual(await client.state(), sim.state());
  assert.deepEqual((await client.state()).counts, {
    shown: 1,
    duplicate: 0,
    swallowed: 0,
    refused: 1,
    unseen: 0,
    violations: 1,
  });
});

test('replaces the robots; one whose token stays keeps its block', async (t) => {
  const sim = await simFor(t, { settings: { startsPerMinute: 1 } });
  const client = createSimClient(sim.url);
  await callRobot(sim);
  await client.replaceRobots([
    { ...OPS, name: 'renamed' },
    { name: 'dev', token: 'dev-token' },
  ]);
  assert.equal(await errcodeOfCall(sim), 130101);
  assert.equal(await errcodeOfCall(sim, { query: 'access_token=dev-token' }), 0);
  await client.replaceRobots([]);
  assert.equal(await errcodeOfCall(sim), 300005);
});

test('orders, draws and clears faults', async (t) => {
  const sim = await simFor(t);
  const client = createSimClient(sim.url);
  await client.orderFaults([
    { kind: 'errcode', errcode: -1 },
    { kind: 'html', times: 9 },
  ]);
  assert.equal(await errcodeOfCall(sim), -1);
  await client.clearFaults();
  assert.deepEqual((await client.state()).waitingFaults, []);
  await client.randomizeFaults({ seed: 1, faults: [{ kind: 'errcode', errcode: 15, probability: 1 }] });
  assert.equal(await errcodeOfCall(sim), 15);
  await client.randomizeFaults(null);
  assert.equal(await errcodeOfCall(sim), 0);
});

test('forgets all that happened, blocks and ids too', async (t) => {
  const sim = await simFor(t, { settings: { startsPerMinute: 1 } });
  const client = createSimClient(sim.url);
  await callRobot(sim, { body: linkWithId('id-1') });
  await callRobot(sim, { body: linkWithId('id-2') });
  await client.forget();
  assert.deepEqual(
    [await client.messages(), await client.requests(), await client.violations()],
    [[], [], []],
  );
  assert.equal(await errcodeOfCall(sim, { body: linkWithId('id-1') }), 0);
  assert.equal((await client.messages()).length, 1);
});

test('says what the simulator did not accept, and changes nothing then', async (t) => {
  const sim = await simFor(t);
  const client = createSimClient(sim.url);
  const broken = { ...OPS, keywords: Array.from({ length: 11 }, String) };
  await assert.rejects(client.replaceRobots([broken]), { message: /400 .*at most 10, got 11/s });
  const wrong = await fetch(`${sim.url}/sim/faults`, {
    method: 'POST',
    body: '{"next":[{"kind":"html"}],"random":{}}',
  });
  assert.equal(wrong.status, 400);
  assert.match(await wrong.text(), /random\.seed/);
  assert.equal(await errcodeOfCall(sim), 0);
});

const REFUSED = [
  { name: 'a path that it does not have', method: 'GET', path: '/nothing', status: 404 },
  { name: 'another method', method: 'POST', path: '/messages', status: 405 },
  { name: 'a POST to the page', method: 'POST', path: '/', status: 405 },
  { name: 'a body that is no JSON', method: 'POST', path: '/sim/robots', status: 400 },
];

for (const { name, method, path, status } of REFUSED) {
  test(`answers ${status} for ${name}`, async (t) => {
    const sim = await simFor(t);
    const answer = await fetch(`${sim.url}${path}`, { method });
    assert.equal(answer.status, status);
    assert.equal(typeof JSON.parse(await answer.text()).error, 'string');
  });
}

test('shows no token and no secret anywhere', async (t) => {
  const sim = await simFor(t, { robots: [OPS, DEV] });
  await callRobot(sim, { query: `access_token=${DEV.token}` });
  await callRobot(sim);
  for (const path of ['/', '/messages', '/requests', '/violations', '/sim/state']) {
    const text = await (await fetch(`${sim.url}${path}`)).text();
    for (const hidden of [OPS.token, DEV.token, DEV.secret]) assert.equal(text.includes(hidden), false, path);
  }
});
