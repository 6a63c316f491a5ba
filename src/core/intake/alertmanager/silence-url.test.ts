import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LONGEST_URL } from '../../event/http-url.ts';
import { silenceUrl } from './silence-url.ts';

const PAGES: readonly { name: string; externalUrl: string; page: string }[] = [
  { name: 'a bare host', externalUrl: 'http://am:9093', page: 'http://am:9093/' },
  { name: 'a trailing slash', externalUrl: 'http://am:9093/', page: 'http://am:9093/' },
  { name: 'a path prefix', externalUrl: 'http://am/alertmanager', page: 'http://am/alertmanager/' },
  { name: 'a page of its own', externalUrl: 'http://am/#/alerts', page: 'http://am/' },
  { name: 'a query', externalUrl: 'http://am/?tenant=a', page: 'http://am/?tenant=a' },
];

for (const { name, externalUrl, page } of PAGES) {
  test(`finds the form of an Alertmanager with ${name}`, () => {
    assert.equal(silenceUrl(externalUrl, { a: 'b' }), `${page}#/silences/new?filter=%7Ba%3D%22b%22%7D`);
  });
}

const LABELS: readonly { name: string; labels: Record<string, string>; filter: string }[] = [
  { name: 'several labels', labels: { alertname: 'X', job: 'a, b' }, filter: '{alertname="X",job="a, b"}' },
  { name: 'no labels', labels: {}, filter: '{}' },
  { name: 'quotes and backslashes', labels: { path: 'C:\\new "x"' }, filter: '{path="C:\\\\new \\"x\\""}' },
  {
    name: 'control characters',
    labels: { note: 'a\nb\t\0\u0007' },
    filter: '{note="a\\nb\\t\\u0000\\u0007"}',
  },
  {
    name: 'Chinese names, which need no quotes',
    labels: { '服务.名称': '订单' },
    filter: '{服务.名称="订单"}',
  },
  { name: 'a name with a blank', labels: { 'k8s.io/app name': 'x' }, filter: '{"k8s.io/app name"="x"}' },
  { name: 'half a surrogate pair', labels: { a: '\ud800' }, filter: '{a="\ufffd"}' },
];

for (const { name, labels, filter } of LABELS) {
  test(`fills the form in with ${name}`, () => {
    const url = silenceUrl('http://am/', labels) ?? '';
    assert.equal(decodeURIComponent(url.slice('http://am/#/silences/new?filter='.length)), filter);
  });
}

test('is absent without an Alertmanager, and when nobody could open it', () => {
  assert.equal(silenceUrl(undefined, { a: 'b' }), undefined);
  assert.equal(silenceUrl('http://am/', { a: 'x'.repeat(LONGEST_URL) }), undefined);
});

test('never throws', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (labels) => {
      assert.match(silenceUrl('http://am', labels) ?? '', /^[!-~]+$/);
    }),
  );
});
