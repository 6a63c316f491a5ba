import assert from 'node:assert/strict';
import test from 'node:test';
import type { SimRobot } from './robot.ts';
import { signatureOf } from './signature.ts';
import { callRobot, LINK, OPS, simFor, type TestCall } from './test-call.ts';

const SECRET = 'SEC000example-secret-for-tests-only-0123456789abcdef';
// Its sign has + and /, so that a wrong encoding shows.
const NOW = 1_700_000_000_002;
const SIGN = signatureOf(SECRET, String(NOW));
const SIGNED: SimRobot = { ...OPS, secret: SECRET };

interface Row {
  readonly name: string;
  readonly robot?: SimRobot;
  readonly call: TestCall;
  readonly errcode: number;
}

const signedQuery = (sign: string) => `access_token=${OPS.token}&timestamp=${NOW}&sign=${sign}`;

const ROWS: readonly Row[] = [
  { name: 'refuses GET', call: { method: 'GET' }, errcode: 43002 },
  { name: 'refuses PUT', call: { method: 'PUT' }, errcode: 43002 },
  { name: 'refuses a missing token', call: { query: '' }, errcode: 40035 },
  { name: 'refuses an empty token', call: { query: 'access_token=' }, errcode: 40035 },
  { name: 'refuses an unknown token', call: { query: 'access_token=other' }, errcode: 300005 },
  { name: 'refuses a body without Content-Type', call: { contentType: '' }, errcode: 43004 },
  { name: 'refuses a form', call: { contentType: 'application/x-www-form-urlencoded' }, errcode: 43004 },
  { name: 'refuses plain text', call: { contentType: 'text/plain;charset=UTF-8' }, errcode: 43004 },
  { name: 'refuses another charset', call: { contentType: 'application/json; charset=gbk' }, errcode: 43004 },
  { name: 'takes JSON without charset', call: { contentType: 'application/json' }, errcode: 0 },
  {
    name: 'takes JSON under a charset in capitals',
    call: { contentType: 'application/json;charset=UTF-8' },
    errcode: 0,
  },
  { name: 'refuses a body that is no JSON', call: { body: 'title=x' }, errcode: 40035 },
  {
    name: 'refuses an empty title',
    call: { body: { msgtype: 'link', link: { ...LINK.link, title: '' } } },
    errcode: 40035,
  },
  {
    name: 'refuses an unsupported msgtype',
    call: { body: { msgtype: 'image', image: {} } },
    errcode: 400105,
  },
  { name: 'takes a body of 20000 bytes', call: { body: bodyOfBytes(20_000) }, errcode: 0 },
  { name: 'refuses a body of 20001 bytes', call: { body: bodyOfBytes(20_001) }, errcode: 460101 },
  { name: 'refuses a body of two megabytes', call: { body: bodyOfBytes(2_000_000) }, errcode: 460101 },
  { name: 'refuses a disabled robot', robot: { ...OPS, state: 'disabled' }, call: {}, errcode: 400102 },
  { name: 'refuses a removed robot', robot: { ...OPS, state: 'removed' }, call: {}, errcode: 400106 },
  { name: 'refuses a disbanded group', robot: { ...OPS, state: 'disbanded' }, call: {}, errcode: 400013 },
  {
    name: 'takes a good signature',
    robot: SIGNED,
    call: { query: signedQuery(encodeURIComponent(SIGN)) },
    errcode: 0,
  },
  { name: 'refuses a missing signature', robot: SIGNED, call: {}, errcode: 310000 },
  {
    name: 'refuses a signature that is encoded twice',
    robot: SIGNED,
    call: { query: signedQuery(encodeURIComponent(encodeURIComponent(SIGN))) },
    errcode: 310000,
  },
  {
    name: 'refuses a signature that is not encoded',
    robot: SIGNED,
    call: { query: signedQuery(SIGN) },
    errcode: 310000,
  },
  {
    name: 'refuses a signature in the body',
    robot: SIGNED,
    call: { body: { ...LINK, timestamp: String(NOW), sign: SIGN } },
    errcode: 310000,
  },
  { name: 'does not mind a signature that nobody asked for', call: { query: signedQuery('x') }, errcode: 0 },
  { name: 'takes a message with a keyword', robot: { ...OPS, keywords: ['DiskFull'] }, call: {}, errcode: 0 },
  {
    name: 'refuses a message without keyword',
    robot: { ...OPS, keywords: ['ALARM'] },
    call: {},
    errcode: 310000,
  },
  {
    name: 'takes an address on the list',
    robot: { ...OPS, allowedIps: ['127.0.0.0/8'] },
    call: {},
    errcode: 0,
  },
  {
    name: 'refuses an address beside the list',
    robot: { ...OPS, allowedIps: ['192.0.2.1'] },
    call: {},
    errcode: 310000,
  },
  {
    name: 'refuses a message that meets one of two security settings',
    robot: { ...SIGNED, keywords: ['ALARM'] },
    call: { query: signedQuery(encodeURIComponent(SIGN)) },
    errcode: 310000,
  },
];

for (const { name, robot = OPS, call, errcode } of ROWS) {
  test(name, async (t) => {
    const sim = await simFor(t, { robots: [robot], now: () => NOW });
    const { status, text } = await callRobot(sim, call);
    assert.deepEqual([status, JSON.parse(text).errcode], [200, errcode]);
    assert.equal(sim.messages().length, errcode === 0 ? 1 : 0);
    assert.equal(sim.requests()[0]?.errcode, errcode);
  });
}

const TEXTS = [
  {
    name: 'keywords',
    robot: { ...OPS, keywords: ['ALARM'] },
    older: /^keywords not in content$/,
    newer: /关键词不匹配/,
  },
  {
    name: 'the sign',
    robot: SIGNED,
    query: signedQuery('x'),
    older: /^sign not match$/,
    newer: /签名不匹配/,
  },
  { name: 'the timestamp', robot: SIGNED, older: /^invalid timestamp$/, newer: /签名过期/ },
  {
    name: 'the address',
    robot: { ...OPS, allowedIps: ['192.0.2.1'] },
    older: /^ip 127\.0\.0\.1 not in whitelist$/,
    newer: /ip 不在白名单中/,
  },
  {
    name: 'the size',
    robot: OPS,
    body: bodyOfBytes(20_001),
    older: /exceed 20000 bytes$/,
    newer: /20000bytes 以内/,
  },
];

for (const { name, robot, query, body, older, newer } of TEXTS) {
  test(`tells what is wrong with ${name} in the wording that is asked for`, async (t) => {
    const call = { ...(query === undefined ? {} : { query }), ...(body === undefined ? {} : { body }) };
    for (const [wording, pattern] of [
      ['older', older],
      ['newer', newer],
    ] as const) {
      const sim = await simFor(t, { robots: [robot], settings: { wording }, now: () => NOW });
      const { errmsg } = JSON.parse((await callRobot(sim, call)).text);
      assert.match(errmsg, pattern);
      assert.equal(errmsg.startsWith('description:'), wording === 'newer');
    }
  });
}

function bodyOfBytes(bytes: number): string {
  const empty = JSON.stringify({ ...LINK, link: { ...LINK.link, text: '' } });
  // Mostly three-byte characters: only raw bytes reach the limit.
  const left = bytes - Buffer.byteLength(empty);
  const text = '警'.repeat(Math.floor(left / 3)) + 'x'.repeat(left % 3);
  return JSON.stringify({ ...LINK, link: { ...LINK.link, text } });
}
