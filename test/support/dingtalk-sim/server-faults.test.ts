import assert from 'node:assert/strict';
import test from 'node:test';
import { FAULT_KINDS, type Fault } from './fault.ts';
import { callRobot, errcodeOfCall, linkWithId, OPS, simFor, type TestAnswer } from './test-call.ts';

interface AnswerRow {
  readonly name: string;
  readonly fault: Fault;
  readonly check: (answer: TestAnswer) => void;
  /** What the simulator records of the call. */
  readonly record: { result: string; httpStatus: number; errcode: number | null };
}

const ANSWERED: readonly AnswerRow[] = [
  {
    name: 'errcode: answers the ordered code with its text',
    fault: { kind: 'errcode', errcode: 430101 },
    check: ({ text }) =>
      assert.deepEqual(JSON.parse(text), { errcode: 430101, errmsg: 'unsafe external link' }),
    record: { result: 'refused', httpStatus: 200, errcode: 430101 },
  },
  {
    name: 'errcode: answers a code that nobody has documented',
    fault: { kind: 'errcode', errcode: 987654, errmsg: 'new' },
    check: ({ text }) => assert.deepEqual(JSON.parse(text), { errcode: 987654, errmsg: 'new' }),
    record: { result: 'unseen', httpStatus: 200, errcode: 987654 },
  },
  {
    name: 'errcode: answers -1 for a message that was shown, if told so',
    fault: { kind: 'errcode', errcode: -1, robotSees: true },
    check: ({ text }) => assert.equal(JSON.parse(text).errcode, -1),
    record: { result: 'shown', httpStatus: 200, errcode: -1 },
  },
  {
    name: 'errcode: gives 88 an empty sub code',
    fault: { kind: 'errcode', errcode: 88 },
    check: ({ text }) => assert.equal(JSON.parse(text).sub_code, ''),
    record: { result: 'unseen', httpStatus: 200, errcode: 88 },
  },
  {
    name: 'errcode: gives 88 the sub code that was ordered',
    fault: { kind: 'errcode', errcode: 88, subCode: '60011' },
    check: ({ text }) => assert.equal(JSON.parse(text).sub_code, '60011'),
    record: { result: 'refused', httpStatus: 200, errcode: 88 },
  },
  {
    name: 'status1111: answers a banned address without errcode',
    fault: { kind: 'status1111' },
    check: ({ text }) => {
      const { uuid, ...rest } = JSON.parse(text);
      assert.deepEqual(rest, { status: 1111, wait: 5, source: 'x5', punish: 'deny' });
      assert.equal(typeof uuid, 'string');
    },
    record: { result: 'refused', httpStatus: 200, errcode: null },
  },
  {
    name: 'status1111_merged: has errcode 130101 in the same object',
    fault: { kind: 'status1111_merged' },
    check: ({ text }) => {
      const { status, errcode } = JSON.parse(text);
      assert.deepEqual([status, errcode], [1111, 130101]);
    },
    record: { result: 'refused', httpStatus: 200, errcode: 130101 },
  },
  {
    name: 'html: answers 200 with a page',
    fault: { kind: 'html' },
    check: ({ contentType, text }) => {
      assert.match(contentType ?? '', /^text\/html/);
      assert.match(text, /^<!DOCTYPE html>/);
    },
    record: { result: 'unseen', httpStatus: 200, errcode: null },
  },
  ...[500, 502, 504].map((status) => ({
    name: `http: answers ${status} with a page`,
    fault: { kind: 'http', status } as const,
    check: ({ contentType, status: got }: TestAnswer) => {
      assert.equal(got, status);
      assert.match(contentType ?? '', /^text\/html/);
    },
    record: { result: 'unseen', httpStatus: status, errcode: null },
  })),
  ...[404, 429].map((status) => ({
    name: `http: answers ${status} as a plain refusal`,
    fault: { kind: 'http', status } as const,
    check: ({ status: got }: TestAnswer) => assert.equal(got, status),
    record: { result: 'refused', httpStatus: status, errcode: null },
  })),
  {
    name: 'http: answers 302 with the ordered place',
    fault: { kind: 'http', status: 302, headers: { location: 'https://login.example.com/' } },
    check: ({ status, location }) =>
      assert.deepEqual([status, location], [302, 'https://login.example.com/']),
    record: { result: 'refused', httpStatus: 302, errcode: null },
  },
  {
    name: 'http: answers a status with a JSON body',
    fault: {
      kind: 'http',
      status: 400,
      body: '{"errcode":310000}',
      headers: { 'content-type': 'application/json' },
    },
    check: ({ status, contentType, text }) =>
      assert.deepEqual([status, contentType, text], [400, 'application/json', '{"errcode":310000}']),
    record: { result: 'refused', httpStatus: 400, errcode: null },
  },
  {
    name: 'http: can follow a message that was shown',
    fault: { kind: 'http', status: 502, robotSees: true },
    check: ({ status }) => assert.equal(status, 502),
    record: { result: 'shown', httpStatus: 502, errcode: null },
  },
  {
    name: 'empty: answers 200 without a byte',
    fault: { kind: 'empty' },
    check: ({ status, text }) => assert.deepEqual([status, text], [200, '']),
    record: { result: 'unseen', httpStatus: 200, errcode: null },
  },
  {
    name: 'not_json: declares JSON and sends none',
    fault: { kind: 'not_json' },
    check: ({ contentType, text }) => {
      assert.match(contentType ?? '', /^application\/json/);
      assert.throws(() => JSON.parse(text));
    },
    record: { result: 'unseen', httpStatus: 200, errcode: null },
  },
  {
    name: 'missing_errcode: answers JSON that looks well and has no errcode',
    fault: { kind: 'missing_errcode' },
    check: ({ text }) => assert.deepEqual(JSON.parse(text), { errmsg: 'ok' }),
    record: { result: 'unseen', httpStatus: 200, errcode: null },
  },
  {
    name: 'errcode_string: answers "0" for a message that was shown',
    fault: { kind: 'errcode_string' },
    check: ({ text }) => assert.deepEqual(JSON.parse(text), { errcode: '0', errmsg: 'ok' }),
    record: { result: 'shown', httpStatus: 200, errcode: 0 },
  },
  {
    name: 'wrong_content_type: declares the right answer as HTML',
    fault: { kind: 'wrong_content_type' },
    check: ({ contentType, text }) => {
      assert.match(contentType ?? '', /^text\/html/);
      assert.deepEqual(JSON.parse(text), { errcode: 0, errmsg: 'ok' });
    },
    record: { result: 'shown', httpStatus: 200, errcode: 0 },
  },
  {
    name: 'slow: answers late',
    fault: { kind: 'slow', ms: 60_000 },
    check: ({ text }) => assert.deepEqual(JSON.parse(text), { errcode: 0, errmsg: 'ok' }),
    record: { result: 'shown', httpStatus: 200, errcode: 0 },
  },
];

for (const { name, fault, check, record } of ANSWERED) {
  test(name, { timeout: 5_000 }, async (t) => {
    const sim = await simFor(t, { settings: { timeScale: 6_000 } });
    sim.orderFaults([fault]);
    check(await callRobot(sim));
    const { result, httpStatus, errcode, fault: kind } = sim.requests()[0] ?? {};
    assert.deepEqual({ result, httpStatus, errcode, kind }, { ...record, kind: fault.kind });
    assert.equal(sim.messages().length, record.result === 'shown' ? 1 : 0);
    assert.equal(await errcodeOfCall(sim), 0, 'the next call is spared');
  });
}

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

test('every kind of fault is tried here', () => {
  const tried = new Set([...ANSWERED, ...UNANSWERED].map(({ fault }) => fault.kind)).add('drip');
  assert.deepEqual(
    FAULT_KINDS.filter((kind) => !tried.has(kind)),
    [],
  );
});

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

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
