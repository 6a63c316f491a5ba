import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aConfig } from './testdata/events.ts';
import { validate } from './validate.ts';

const FINE = [
  { name: 'the defaults', changes: {} },
  {
    name: 'a base with a path prefix and a trailing slash',
    changes: { endpoint: 'http://proxy.example.com:8080/ding/' },
  },
  { name: 'a media id as a picture', changes: { pic_url: '@lADOpwk3K80C0M0FoA' } },
  {
    name: 'every kind of picture key',
    changes: { pic_urls: { firing: '@a', critical: '@b', 'resolved/info': '@c' } },
  },
  { name: 'a Chinese keyword', changes: { keyword: '告警' } },
  { name: 'an organization with a month of its own', changes: { organization: 'Acme_2-eu', month_calls: 1 } },
  { name: 'a feed card with a picture', changes: { digest_form: 'feed_card' as const, pic_url: '@a' } },
];

for (const { name, changes } of FINE) {
  test(`accepts ${name}`, () => assert.deepEqual(validate(aConfig(changes)), []));
}

const TOKEN = '0123456789abcdef0123456789abcdef';
const FAULTY = [
  {
    name: 'a whole webhook address',
    changes: { endpoint: `https://oapi.dingtalk.com/?access_token=${TOKEN}` },
    path: 'endpoint',
  },
  {
    name: 'the path that notifierd adds',
    changes: { endpoint: 'https://oapi.dingtalk.com/robot/send' },
    path: 'endpoint',
  },
  {
    name: 'a password in the address',
    changes: { endpoint: 'https://u:p@oapi.dingtalk.com' },
    path: 'endpoint',
  },
  { name: 'a keyword with a line break', changes: { keyword: 'a\nb' }, path: 'keyword' },
  { name: 'a keyword that leaves no room', changes: { keyword: 'x'.repeat(51) }, path: 'keyword' },
  { name: 'a picture that is no address', changes: { pic_url: 'red.png' }, path: 'pic_url' },
  {
    name: 'an enormous picture address',
    changes: { pic_url: `https://x/${'y'.repeat(1000)}` },
    path: 'pic_url',
  },
  { name: 'an unknown picture key', changes: { pic_urls: { warn: '@a' } }, path: 'pic_urls.warn' },
  {
    name: 'a feed card without pictures',
    changes: { digest_form: 'feed_card' as const },
    path: 'digest_form',
  },
  {
    name: 'a feed card with pictures for some events only',
    changes: { digest_form: 'feed_card' as const, pic_urls: { firing: '@a' } },
    path: 'digest_form',
  },
  { name: 'a pace above the limit', changes: { pace_per_window: 19 }, path: 'pace_per_window' },
  { name: 'a pace of nothing', changes: { pace_per_window: 0 }, path: 'pace_per_window' },
  { name: 'an organization with blanks', changes: { organization: 'Acme Ltd' }, path: 'organization' },
  {
    name: 'an organization too long for a label',
    changes: { organization: 'a'.repeat(64) },
    path: 'organization',
  },
  { name: 'a month without calls', changes: { month_calls: 0 }, path: 'month_calls' },
  { name: 'a sink without a robot', changes: { access_token: null }, path: 'access_token' },
];

for (const { name, changes, path } of FAULTY) {
  test(`refuses ${name}`, () => {
    const faults = validate(aConfig(changes));
    assert.deepEqual(
      faults.map((fault) => fault.path),
      [path],
    );
    assert.doesNotMatch(JSON.stringify(faults), new RegExp(TOKEN));
  });
}

test('lists all faults together', () => {
  const faults = validate(
    aConfig({ endpoint: 'https://u:p@x.example.com/robot/send?a=b', keyword: '\n', pace_per_window: 20 }),
  );
  assert.equal(faults.length, 5);
});
