import assert from 'node:assert/strict';
import { request } from 'node:http';
import test from 'node:test';
import { startDingTalkSim } from './server.ts';
import { callRobot, errcodeOfCall, LINK, linkWithId, OPS, simFor } from './test-call.ts';

const NOW = 1_700_000_000_000;

test('accepts a link message and shows it once', async (t) => {
  const sim = await simFor(t, { now: () => NOW });
  const answer = await callRobot(sim, { body: linkWithId('id-1') });
  assert.deepEqual(answer, {
    status: 200,
    contentType: 'application/json;charset=UTF-8',
    location: null,
    text: '{"errcode":0,"errmsg":"ok"}',
  });
  assert.deepEqual(sim.messages(), [
    {
      robot: 'ops',
      shownAt: NOW,
      msgUuid: 'id-1',
      msgtype: 'link',
      title: LINK.link.title,
      text: LINK.link.text,
      url: LINK.link.messageUrl,
      links: [],
      bytes: JSON.stringify(linkWithId('id-1')).length,
    },
  ]);
  assert.deepEqual(sim.requests(), [
    {
      at: NOW,
      robot: 'ops',
      method: 'POST',
      msgUuid: 'id-1',
      bytes: JSON.stringify(linkWithId('id-1')).length,
      result: 'shown',
      shown: true,
      httpStatus: 200,
      errcode: 0,
      fault: null,
    },
  ]);
});

test('knows no path but the exact one', async (t) => {
  const sim = await simFor(t);
  for (const path of ['/robot/send/', '/robot', '//robot/send/x']) {
    const answer = await fetch(`${sim.url}${path}?access_token=${OPS.token}`, { method: 'POST', body: '{}' });
    await answer.text();
    assert.equal(answer.status, 404);
  }
  assert.deepEqual(sim.requests(), []);
});

test('counts no call that its sender did not finish', async (t) => {
  const sim = await simFor(t);
  const half = request(`${sim.url}/robot/send?access_token=${OPS.token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': '100' },
  });
  half.write('{"msgtype"');
  const gone = new Promise((resolve) => half.once('error', resolve));
  half.once('socket', (socket) => socket.once('connect', () => half.destroy(new Error('gone'))));
  await gone;
  assert.equal(await errcodeOfCall(sim), 0);
  assert.equal(sim.requests().length, 1);
});

test('runs twice in one process without the two knowing of each other', async (t) => {
  const [one, other] = [await simFor(t), await simFor(t)];
  await callRobot(one);
  assert.equal(one.messages().length, 1);
  assert.equal(other.messages().length, 0);
});

test('can be closed twice, and while a call hangs', async () => {
  const sim = await startDingTalkSim({ robots: [OPS], faults: [{ kind: 'hang_after' }] });
  const call = callRobot(sim);
  const ended = assert.rejects(call);
  while (sim.requests().length === 0) await new Promise(setImmediate);
  await sim.close();
  await sim.close();
  await ended;
});
