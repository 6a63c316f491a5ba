import assert from 'node:assert/strict';
import test from 'node:test';
import type { Fault } from './fault.ts';
import { callRobot, errcodeOfCall, linkWithId, OPS, simFor } from './test-call.ts';

const UNANSWERED: readonly { name: string; fault: Fault; shown: boolean; code: string }[] = [
  {
    name: 'hang_before: ends the connection when its time is over',
    fault: { kind: 'hang_before', ms: 60_000 },
    shown: false,
    code: 'UND_ERR_SOCKET',
  },
  {
    name: 'hang_after: ends it so too, but shows the message',
    fault: { kind: 'hang_after', ms: 60_000 },
    shown: true,
    code: 'UND_ERR_SOCKET',
  },
  {
    name: 'reset_before: resets the connection',
    fault: { kind: 'reset_before' },
    shown: false,
    code: 'ECONNRESET',
  },
  {
    name: 'reset_after: resets it, but shows the message',
    fault: { kind: 'reset_after' },
    shown: true,
    code: 'ECONNRESET',
  },
  {
    name: 'truncated: ends the answer in its middle',
    fault: { kind: 'truncated' },
    shown: true,
    code: 'UND_ERR_SOCKET',
  },
];

for (const { name, fault, shown, code } of UNANSWERED) {
  test(name, { timeout: 5_000 }, async (t) => {
    const sim = await simFor(t, { settings: { timeScale: 6_000 } });
    sim.orderFaults([fault]);
    await assert.rejects(callRobot(sim), (error: Error) => {
      assert.equal(codeOf(error.cause), code);
      return true;
    });
    assert.equal(sim.messages().length, shown ? 1 : 0);
    assert.equal(sim.requests()[0]?.errcode, null);
    assert.equal(sim.requests()[0]?.httpStatus, fault.kind === 'truncated' ? 200 : null);
  });
}

test('drip: sends the answer byte by byte and never ends it', { timeout: 5_000 }, async (t) => {
  const sim = await simFor(t);
  sim.orderFaults([{ kind: 'drip' }]);
  const answer = await fetch(`${sim.url}/robot/send?access_token=${OPS.token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(linkWithId('id-1')),
  });
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.endsWith('   ')) break;
  }
  assert.equal(text, '{"errcode":0,"errmsg":"ok"}   ');
  assert.equal(sim.messages().length, 1);
});

test('hang_before and hang_after: never answer, unless told when to end', { timeout: 5_000 }, async (t) => {
  const sim = await simFor(t);
  for (const kind of ['hang_before', 'hang_after'] as const) {
    sim.forget();
    sim.orderFaults([{ kind }]);
    const sender = new AbortController();
    const call = callRobot(sim, { signal: sender.signal });
    while (sim.requests().length === 0) await new Promise(setImmediate);
    // Another call is answered while the first still hangs.
    assert.equal(await errcodeOfCall(sim), 0);
    assert.equal(await Promise.race([call, Promise.resolve('still hanging')]), 'still hanging');
    sender.abort();
    await assert.rejects(call, { name: 'AbortError' });
    assert.equal(sim.messages().length, kind === 'hang_after' ? 2 : 1);
  }
});

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
