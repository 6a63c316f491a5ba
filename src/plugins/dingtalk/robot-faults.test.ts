import assert from 'node:assert/strict';
import { test } from 'node:test';
import { robotFaults, robotWarnings } from './robot-faults.ts';
import type { RobotKeys } from './robots.ts';

const ONE: RobotKeys = {
  endpoint: null,
  url: null,
  access_token: 'HUNTER-1',
  access_tokens: [],
  secret: '',
  secrets: [],
};
const SEND = 'https://oapi.dingtalk.com/robot/send';
const BY_URL: RobotKeys = { ...ONE, access_token: null, url: `${SEND}?access_token=HUNTER-1` };
const POOL: RobotKeys = { ...ONE, access_token: null, access_tokens: ['HUNTER-1', 'HUNTER-2', 'HUNTER-3'] };

const FINE: readonly { name: string; keys: RobotKeys }[] = [
  { name: 'one robot', keys: ONE },
  { name: 'one robot with a secret', keys: { ...ONE, secret: 'SEC1' } },
  { name: 'a pool without secrets', keys: POOL },
  { name: 'a pool with a secret for each', keys: { ...POOL, secrets: ['SEC1', 'SEC1', 'SEC3'] } },
  { name: 'a pool of one', keys: { ...POOL, access_tokens: ['HUNTER-1'], secrets: ['SEC1'] } },
  { name: 'the whole address', keys: BY_URL },
  { name: 'the whole address with a secret', keys: { ...BY_URL, secret: 'SEC1' } },
  {
    name: 'the whole address and where it begins',
    keys: { ...BY_URL, endpoint: 'https://OAPI.dingtalk.com/' },
  },
  { name: 'a pool of ten', keys: { ...POOL, access_tokens: numbered(10) } },
];

for (const { name, keys } of FINE) {
  test(`accepts ${name}`, () => assert.deepEqual(robotFaults(keys), []));
}

const FAULTY: readonly { name: string; keys: RobotKeys; says: readonly string[] }[] = [
  {
    name: 'no robot, and names both keys',
    keys: { ...ONE, access_token: null },
    says: [
      'access_token: missing: expected url or access_token, or access_tokens for several robots of one group',
    ],
  },
  {
    name: 'both ways to name robots',
    keys: { ...POOL, access_token: 'HUNTER-4' },
    says: ['access_tokens: given together with access_token'],
  },
  {
    name: 'a robot named twice',
    keys: { ...POOL, access_tokens: ['HUNTER-1', 'HUNTER-2', 'HUNTER-1', 'HUNTER-2'] },
    says: [
      'access_tokens: number 3 is the same as number 1',
      'access_tokens: number 4 is the same as number 2',
    ],
  },
  {
    name: 'more robots than anybody reads',
    keys: { ...POOL, access_tokens: numbered(11) },
    says: ['access_tokens: expected at most 10 robots, got 11'],
  },
  {
    name: 'the whole address as a token',
    keys: { ...ONE, access_token: `${SEND}?access_token=HUNTER-1` },
    says: ['access_token: expected an access token, got a whole address'],
  },
  {
    name: 'another kind of address as a token',
    keys: { ...ONE, access_token: 'https://HUNTER.example.com/HUNTER' },
    says: ['access_token: expected an access token, got a whole address'],
  },
  {
    name: 'the end of an address as a token',
    keys: { ...ONE, access_token: 'access_token=HUNTER-1' },
    says: ['access_token: expected an access token, got a part of an address, with access_token= in it'],
  },
  ...['<HUNTER-1>', 'HUNTER-1,HUNTER-2', 'TOKEN=HUNTER-1'].map((access_token) => ({
    name: `${access_token} as a token`,
    keys: { ...ONE, access_token },
    says: ['access_token: expected an access token, got one with signs that stand in no token'],
  })),
  {
    name: 'addresses in a pool',
    keys: { ...POOL, access_tokens: ['HUNTER-1', `${SEND}?access_token=HUNTER-2`, '?access_token=HUNTER-3'] },
    says: [
      'access_tokens: number 2: expected an access token, got a whole address',
      'access_tokens: number 3: expected an access token, got a part of an address, with access_token= in it',
    ],
  },
  {
    name: 'an address as a secret',
    keys: { ...ONE, secret: `${SEND}?access_token=HUNTER-1` },
    says: ["secret: expected a robot's secret, got a whole address"],
  },
  {
    name: 'an address among the secrets',
    keys: { ...POOL, access_tokens: ['HUNTER-1'], secrets: ['access_token=HUNTER-1'] },
    says: [
      "secrets: number 1: expected a robot's secret, got a part of an address, with access_token= in it",
    ],
  },
  {
    name: 'a token alone as the whole address',
    keys: { ...BY_URL, url: 'HUNTER-1' },
    says: [`url: expected a whole address such as ${SEND}?access_token=…, got something else`],
  },
  {
    name: 'an address without its scheme',
    keys: { ...BY_URL, url: 'oapi.dingtalk.com/robot/send?access_token=HUNTER-1' },
    says: [`url: expected a whole address such as ${SEND}?access_token=…, got something else`],
  },
  {
    name: 'an address of another vendor',
    keys: { ...BY_URL, url: 'https://open.feishu.cn/open-apis/bot/v2/hook/HUNTER-1' },
    says: ['url: expected the address of a DingTalk robot, got another one'],
  },
  {
    name: "an address of another vendor's robot",
    keys: { ...BY_URL, url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=HUNTER-1' },
    says: ['url: expected the address of a DingTalk robot, got another one'],
  },
  {
    name: 'an address without a token',
    keys: { ...BY_URL, url: SEND },
    says: ['url: expected an access_token in the address, got none'],
  },
  {
    name: 'an address with an empty token',
    keys: { ...BY_URL, url: `${SEND}?access_token=` },
    says: ['url: expected an access_token in the address, got none'],
  },
  {
    name: 'an address with two tokens',
    keys: { ...BY_URL, url: `${SEND}?access_token=HUNTER-1&access_token=HUNTER-2` },
    says: ['url: expected an access_token in the address, got several'],
  },
  {
    name: 'an address within the address',
    keys: { ...BY_URL, url: `${SEND}?access_token=${SEND}?access_token=HUNTER-1` },
    says: ['url: expected an access_token in the address, got a whole address'],
  },
  {
    name: 'an address that was signed',
    keys: { ...BY_URL, url: `${SEND}?access_token=HUNTER-1&timestamp=1&sign=HUNTER` },
    says: ['url: expected only access_token behind the question mark, got more'],
  },
  {
    name: 'an address with a password',
    keys: { ...BY_URL, url: 'https://HUNTER:HUNTER@oapi.dingtalk.com/robot/send?access_token=HUNTER-1' },
    says: ['url: expected an address without user and password'],
  },
  {
    name: 'address and token together',
    keys: { ...BY_URL, access_token: 'HUNTER-1' },
    says: ['url: given together with access_token'],
  },
  {
    name: 'an address beside a pool',
    keys: { ...POOL, url: BY_URL.url },
    says: ['access_tokens: given together with url'],
  },
  {
    name: 'an address that contradicts the endpoint',
    keys: { ...BY_URL, endpoint: 'https://oapi.dingtalk.io' },
    says: ['endpoint: expected the address that url begins with, got another one'],
  },
  {
    name: 'a secret too few',
    keys: { ...POOL, secrets: ['HUNTER-S', 'HUNTER-T'] },
    says: ['secrets: expected one for each of the 3 access_tokens, got 2'],
  },
  {
    name: 'a secret too many',
    keys: { ...POOL, secrets: ['HUNTER-S', 'HUNTER-T', 'HUNTER-U', 'HUNTER-V'] },
    says: ['secrets: expected one for each of the 3 access_tokens, got 4'],
  },
  {
    name: 'the secret of one robot beside a pool',
    keys: { ...POOL, secret: 'HUNTER-S' },
    says: ['secret: given together with access_tokens'],
  },
  {
    name: 'secrets of a pool beside one robot',
    keys: { ...ONE, secrets: ['HUNTER-S'] },
    says: ['secrets: given without access_tokens'],
  },
];

for (const { name, keys, says } of FAULTY) {
  test(`refuses ${name}`, () => {
    const faults = robotFaults(keys);
    assert.deepEqual(
      faults.map(({ path, message }) => `${path}: ${message}`),
      says,
    );
    assert.doesNotMatch(JSON.stringify(faults), /HUNTER/);
  });
}

const SECRET = `SEC${'HUNTER'.repeat(10)}`;
const TOKEN = '0123456789abcdef'.repeat(4);

const WARNED: readonly { name: string; keys: RobotKeys; says: readonly string[] }[] = [
  { name: 'nothing of what DingTalk shows', keys: { ...ONE, access_token: TOKEN, secret: SECRET }, says: [] },
  { name: 'nothing of a secret of another form', keys: { ...ONE, secret: 'HUNTER' }, says: [] },
  {
    name: 'token and secret that are swapped',
    keys: { ...ONE, access_token: SECRET, secret: TOKEN },
    says: ["access_token: looks like a robot's secret, not like its token"],
  },
  {
    name: 'a secret as the token',
    keys: { ...ONE, access_token: SECRET },
    says: ["access_token: looks like a robot's secret, not like its token"],
  },
  {
    name: 'a token as the secret',
    keys: { ...BY_URL, secret: TOKEN },
    says: ["secret: looks like a robot's token, not like its secret"],
  },
  {
    name: 'a secret in an address',
    keys: { ...BY_URL, url: `${SEND}?access_token=${SECRET}` },
    says: ["url: looks like a robot's secret, not like its token"],
  },
  {
    name: 'the one pair of a pool that is swapped',
    keys: { ...POOL, access_tokens: [TOKEN, SECRET], secrets: [SECRET, TOKEN] },
    says: ["access_tokens: number 2 looks like a robot's secret, not like its token"],
  },
];

for (const { name, keys, says } of WARNED) {
  test(`warns of ${name}`, () => {
    assert.deepEqual(robotFaults(keys), []);
    const warnings = robotWarnings(keys);
    assert.deepEqual(
      warnings.map(({ path, message }) => `${path}: ${message}`),
      says,
    );
    assert.doesNotMatch(JSON.stringify(warnings), /HUNTER|01234/);
  });
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `HUNTER-${index}`);
}
