import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpAnswer, HttpFailure } from '../../core/plugin/contract.ts';
import { ADVICE } from './advice.ts';
import { CODES } from './codes.ts';
import { toOutcome } from './outcome.ts';

function answer(status: number, body: unknown, headers: HttpAnswer['headers'] = {}): HttpAnswer {
  return { kind: 'answer', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** `kind reason` and what else decides, in one line, so that tables stay readable. */
function summaryOf(given: HttpAnswer | HttpFailure): string {
  const outcome = toOutcome(given);
  switch (outcome.kind) {
    case 'delivered':
      return 'delivered';
    case 'retry':
      return `retry ${outcome.reason}${outcome.ambiguous ? ' ambiguous' : ''}${outcome.waitMs === undefined ? '' : ` ${outcome.waitMs}`}`;
    case 'throttled':
      return `throttled ${outcome.reason} ${outcome.scope} ${outcome.waitMs}`;
    case 'blocked':
      return `blocked ${outcome.reason}`;
    case 'refused':
      return `refused ${outcome.reason}${outcome.mend === undefined ? '' : ` ${outcome.mend}`}`;
    default:
      return outcome satisfies never;
  }
}

const RATE_10_MIN = 'throttled rate_limited credential 600000';
const RATE_1_MIN = 'throttled rate_limited credential 60000';

const BY_CODE: readonly (readonly [code: number, errmsg: string, expected: string])[] = [
  [-1, '系统繁忙', 'retry busy ambiguous'],
  [15, 'Remote service error', 'retry busy ambiguous'],
  [88, 'ding talk error[subcode=,submsg=]', 'retry busy ambiguous'],
  [88, 'ding talk error[subcode=40078,submsg=x]', 'blocked bad_credential'],
  [88, 'ding talk error[subcode=90002,submsg=x]', 'retry busy 1000'],
  [88, 'ding talk error[subcode=60020,submsg=x]', 'blocked ip_not_allowed'],
  [88, 'ding talk error[subcode=0,submsg=x]', 'blocked bad_credential'],
  [88, 'ding talk error[subcode=88,submsg=x]', 'blocked bad_credential'],
  [40014, '不合法的access_token', 'blocked bad_credential'],
  [40035, '缺少参数 access_token', 'blocked bad_credential'],
  [40035, '缺少参数 json', 'refused bad_request'],
  [43002, 'require POST method', 'blocked bad_endpoint'],
  [43004, '无效的HTTP HEADER Content-Type', 'blocked bad_endpoint'],
  [60020, '访问ip不在白名单之中', 'blocked ip_not_allowed'],
  [90001, '', 'throttled rate_limited plugin 60000'],
  [90002, '', 'retry busy 1000'],
  [90003, '', RATE_1_MIN],
  [90008, '', RATE_1_MIN],
  [90014, '', RATE_1_MIN],
  [90017, '', 'throttled rate_limited plugin 60000'],
  [90018, '', 'retry busy 1000'],
  [90020, '', 'blocked channel_disabled'],
  [90030, 'webhook over limit', 'throttled quota_exhausted credential 3600000'],
  [101002, 'message is too long', 'refused too_large shorter'],
  [130100, '', RATE_10_MIN],
  [130101, 'send too fast, exceed 20 times per minute', RATE_10_MIN],
  [130102, '', RATE_10_MIN],
  [300001, 'token is not exist', 'blocked bad_credential'],
  [300005, 'token is not exist', 'blocked bad_credential'],
  [310000, 'keywords not in content', 'blocked keyword_missing'],
  [310000, 'description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词', 'blocked keyword_missing'],
  [310000, 'sign not match', 'blocked bad_signature'],
  [
    310000,
    'description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳都放在网址中',
    'blocked bad_signature',
  ],
  [310000, '错误描述:机器人发送签名不匹配;解决方案:请确认时间戳', 'blocked bad_signature'],
  [310000, 'invalid timestamp', 'blocked bad_clock'],
  [310000, 'description:timestamp 无效;solution:请使用当前时间重新签名', 'blocked bad_clock'],
  [310000, 'ip 203.0.113.9 not in whitelist', 'blocked ip_not_allowed'],
  [310000, 'description:ip 不在白名单中;solution:请检查签名', 'blocked ip_not_allowed'],
  [310000, 'send forbidden', 'blocked security_setting'],
  [400013, '群已被解散', 'blocked channel_gone'],
  [400101, 'access_token不存在', 'blocked bad_credential'],
  [400102, '机器人已停用', 'blocked channel_disabled'],
  [400105, '不支持的消息类型', 'refused bad_request'],
  [400106, '机器人不存在', 'blocked channel_gone'],
  [410100, '发送速度太快而限流', RATE_10_MIN],
  [430101, '含有不安全的外链', 'refused unsafe_link without_links'],
  [430102, '含有不合适的文本', 'refused improper_text neutral_text'],
  [430103, '含有不合适的图片', 'refused improper_picture without_picture'],
  [430104, '含有不合适的内容', 'refused improper_text neutral_text'],
  [450101, '', RATE_10_MIN],
  [460101, 'message too long, exceed 20000 bytes', 'refused too_large shorter'],
  [1, 'made up', 'retry unknown_code'],
  [999999, 'made up', 'retry unknown_code'],
];

for (const [errcode, errmsg, expected] of BY_CODE) {
  test(`errcode ${errcode} "${errmsg}" is ${expected}`, () => {
    assert.equal(summaryOf(answer(200, { errcode, errmsg })), expected);
    assert.equal(summaryOf(answer(200, { errcode: `${errcode}`, errmsg })), expected, 'as text');
    assert.equal(summaryOf(answer(400, { errcode, errmsg })), expected, 'with HTTP 400');
  });
}

test('every row of the table is reached by a code above', () => {
  const tested = new Set(BY_CODE.map(([code]) => code));
  const missing = CODES.filter(
    ({ code, to }) => ![...tested].some((one) => one >= code && one <= (to ?? code)),
  );
  assert.deepEqual(missing, []);
});

const HTML = '<!DOCTYPE html><html><body>访问被拒绝</body></html>';
const BAN = { status: 1111, wait: 5, source: 'x5', punish: 'deny', uuid: 'made-up' };
const BANNED = 'throttled egress_banned plugin 300000';
const DATE = 'Sun, 22 Nov 2026 10:00:00 GMT';

const BY_ANSWER: readonly { name: string; given: HttpAnswer | HttpFailure; expected: string }[] = [
  { name: 'errcode 0', given: answer(200, { errcode: 0, errmsg: 'ok' }), expected: 'delivered' },
  { name: 'errcode "0"', given: answer(200, { errcode: '0', errmsg: 'ok' }), expected: 'delivered' },
  { name: 'no errcode', given: answer(200, { errmsg: 'ok' }), expected: 'retry bad_answer ambiguous' },
  { name: 'errcode null', given: answer(200, { errcode: null }), expected: 'retry bad_answer ambiguous' },
  { name: 'errcode false', given: answer(200, { errcode: false }), expected: 'retry bad_answer ambiguous' },
  { name: 'errcode ""', given: answer(200, { errcode: '' }), expected: 'retry bad_answer ambiguous' },
  { name: 'errcode in a list', given: answer(200, [{ errcode: 0 }]), expected: 'retry bad_answer ambiguous' },
  { name: 'JSON null', given: answer(200, 'null'), expected: 'retry bad_answer ambiguous' },
  { name: 'an empty body', given: answer(200, ''), expected: 'retry bad_answer ambiguous' },
  { name: 'cut-off JSON', given: answer(200, '{"errcode":0'), expected: 'retry bad_answer ambiguous' },
  { name: 'HTML with HTTP 200', given: answer(200, HTML), expected: 'retry bad_answer ambiguous' },
  {
    name: 'errcode 0 with HTTP 201',
    given: answer(201, { errcode: 0 }),
    expected: 'retry bad_answer ambiguous',
  },
  {
    name: 'errcode 0 with HTTP 400',
    given: answer(400, { errcode: 0 }),
    expected: 'retry bad_answer ambiguous',
  },
  { name: 'the ban', given: answer(200, BAN), expected: BANNED },
  { name: 'the ban merged with a code', given: answer(200, { ...BAN, errcode: 130101 }), expected: BANNED },
  { name: 'the ban merged with errcode 0', given: answer(200, { ...BAN, errcode: 0 }), expected: BANNED },
  { name: 'the ban with HTTP 403', given: answer(403, { ...BAN, status: '1111' }), expected: BANNED },
  { name: 'HTTP 500', given: answer(500, ''), expected: 'retry server_error ambiguous' },
  { name: 'HTTP 502 with HTML', given: answer(502, HTML), expected: 'retry server_error ambiguous' },
  {
    name: 'HTTP 504 with a code',
    given: answer(504, { errcode: 300005 }),
    expected: 'retry server_error ambiguous',
  },
  { name: 'HTTP 302', given: answer(302, ''), expected: 'blocked bad_endpoint' },
  { name: 'HTTP 302 with a code', given: answer(302, { errcode: 0 }), expected: 'blocked bad_endpoint' },
  { name: 'HTTP 403 with HTML', given: answer(403, HTML), expected: 'blocked bad_endpoint' },
  { name: 'HTTP 404', given: answer(404, 'not found'), expected: 'blocked bad_endpoint' },
  { name: 'HTTP 407', given: answer(407, ''), expected: 'blocked bad_endpoint' },
  { name: 'HTTP 429', given: answer(429, ''), expected: RATE_1_MIN },
  {
    name: 'HTTP 429 with seconds',
    given: answer(429, '', { 'retry-after': '120' }),
    expected: 'throttled rate_limited credential 120000',
  },
  {
    name: 'HTTP 429 with a date',
    given: answer(429, '', { date: DATE, 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT' }),
    expected: 'throttled rate_limited credential 30000',
  },
  {
    name: 'HTTP 429 with a date in the past',
    given: answer(429, '', { date: DATE, 'retry-after': 'Sun, 22 Nov 2026 09:00:30 GMT' }),
    expected: 'throttled rate_limited credential 1000',
  },
  {
    name: 'HTTP 429 with a mistaken year',
    given: answer(429, '', { 'retry-after': '99999999' }),
    expected: 'throttled rate_limited credential 3600000',
  },
  {
    name: 'HTTP 429 with nonsense',
    given: answer(429, { errcode: 0 }, { 'retry-after': 'soon' }),
    expected: RATE_1_MIN,
  },
  {
    name: 'no connection',
    given: { kind: 'unreachable', code: 'ECONNREFUSED', mayHaveArrived: false },
    expected: 'retry unreachable',
  },
  {
    name: 'a time-out',
    given: { kind: 'timeout', code: 'TIMEOUT', mayHaveArrived: true },
    expected: 'retry timeout ambiguous',
  },
  {
    name: 'a reset',
    given: { kind: 'connection_lost', code: 'ECONNRESET', mayHaveArrived: true },
    expected: 'retry connection_lost ambiguous',
  },
  {
    name: 'an abort',
    given: { kind: 'aborted', code: 'ABORTED', mayHaveArrived: true },
    expected: 'retry aborted ambiguous',
  },
  {
    name: 'an endless answer',
    given: { kind: 'answer_too_large', code: 'ANSWER_TOO_LARGE', mayHaveArrived: true },
    expected: 'retry bad_answer ambiguous',
  },
];

for (const { name, given, expected } of BY_ANSWER) {
  test(`${name} is ${expected}`, () => assert.equal(summaryOf(given), expected));
}

function detailOf(errmsg: string, secrets: readonly string[] = []): string {
  const outcome = toOutcome(answer(200, { errcode: 300005, errmsg }), secrets);
  return outcome.kind === 'delivered' ? assert.fail() : outcome.detail;
}

const LEAKS = [
  { name: 'an address', errmsg: 'bad https://oapi.dingtalk.com/robot/send?x=hush see', hidden: /https|hush/ },
  {
    name: 'an address in Chinese text',
    errmsg: 'link:https://open.dingtalk.com/document,hush',
    hidden: /open\.ding|hush/,
  },
  { name: 'a named token', errmsg: 'access_token=hush does not exist', hidden: /hush/ },
  { name: 'a named signature', errmsg: 'robot/send?a=b&sign=hush%3D', hidden: /hush/ },
  { name: 'a long token', errmsg: `no ${'0123456789abcdef'.repeat(4)} here`, hidden: /0123456789/ },
  {
    name: 'a known token, however short',
    errmsg: 'token hush is unknown',
    hidden: /hush/,
    secrets: ['hush', ''],
  },
  { name: 'a known token, encoded', errmsg: 'a%2Bb is unknown', hidden: /a%2Bb/, secrets: ['a+b'] },
  { name: 'control characters', errmsg: 'a\nb\u0000c\u001b[0m', hidden: /\p{Cc}/u },
];

for (const { name, errmsg, hidden, secrets } of LEAKS) {
  test(`the detail does not repeat ${name}`, () => assert.doesNotMatch(detailOf(errmsg, secrets), hidden));
}

test('the detail keeps the egress address, the code and words, but not pages of them', () => {
  assert.match(
    detailOf('ip 203.0.113.9 not in whitelist'),
    /^errcode 300005, .*: ip 203\.0\.113\.9 not in whitelist/,
  );
  assert.ok(detailOf('long words '.repeat(1000)).length < 400);
});

test('the detail ends before the part that names a page to read', () => {
  const detail = detailOf(
    'description:token 不存在;solution:请确认拼写;link:请参考 https://open.dingtalk.com/document;',
  );
  assert.match(detail, /: description:token 不存在;solution:请确认拼写 \(/);
});

test('every blocked outcome says cause and cure in English and Chinese', () => {
  for (const [name, { cause, cure }] of Object.entries(ADVICE)) {
    assert.match(cause, /^[ -~]+ \/ .*\p{Script=Han}/u, name);
    assert.match(cure, /^[ -~]+ \/ .*\p{Script=Han}/u, name);
  }
  const outcome = toOutcome(answer(200, { errcode: 310000, errmsg: 'sign not match' }));
  assert.equal(outcome.kind === 'blocked' && outcome.cure, ADVICE.wrong_signature.cure);
});
