import assert from 'node:assert/strict';
import test from 'node:test';
import { FAULT_KINDS, type Fault } from './fault.ts';
import { callRobot, errcodeOfCall, simFor, type TestAnswer } from './test-call.ts';

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
    record: { result: 'refused', httpStatus: 400, errcode: 310000 },
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

test('tries every kind of fault here or in wire.test.ts', () => {
  const tried = new Set(ANSWERED.map(({ fault }) => fault.kind));
  assert.deepEqual(
    FAULT_KINDS.filter((kind) => !tried.has(kind)),
    ['hang_before', 'hang_after', 'reset_before', 'reset_after', 'drip', 'truncated'],
  );
});
