/** What names a robot: the whole address as DingTalk shows it, or its parts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { robotUrl } from './robot.ts';
import { robotsOf } from './robots.ts';
import { aConfig } from './testdata/events.ts';

const TOKEN = '0123456789abcdef'.repeat(4);

const ADDRESSES = [
  {
    name: 'as DingTalk shows it',
    url: 'https://oapi.dingtalk.com/robot/send',
    sent: 'https://oapi.dingtalk.com/robot/send',
  },
  {
    name: 'of the international edition',
    url: 'https://oapi.dingtalk.io/robot/send',
    sent: 'https://oapi.dingtalk.io/robot/send',
  },
  {
    name: 'through a proxy',
    url: 'http://p.example.com:81/ding/robot/send',
    sent: 'http://p.example.com:81/ding/robot/send',
  },
  {
    name: 'with slashes too many',
    url: 'https://oapi.dingtalk.com//robot/send/',
    sent: 'https://oapi.dingtalk.com/robot/send',
  },
];

for (const { name, url, sent } of ADDRESSES) {
  test(`takes host and token from an address ${name}`, () => {
    const robots = robotsOf(
      aConfig({ access_token: null, url: `${url}?access_token=${TOKEN}`, secret: 'SEC1' }),
    );
    assert.equal(robotUrl(robots.endpoint), sent);
    assert.deepEqual(robots.credentials, [{ accessToken: TOKEN, secret: 'SEC1' }]);
  });
}

test('is the same robot by its address and by its token', () => {
  const byUrl = aConfig({
    access_token: null,
    url: `https://oapi.dingtalk.com/robot/send?access_token=${TOKEN}`,
  });
  assert.deepEqual(robotsOf(byUrl), robotsOf(aConfig({ access_token: TOKEN })));
});

test('decodes a token that the address has encoded', () => {
  const url = 'https://oapi.dingtalk.com/robot/send?access_token=a%2Bb';
  assert.equal(robotsOf(aConfig({ access_token: null, url })).credentials[0]?.accessToken, 'a+b');
});
