import assert from 'node:assert/strict';
import test from 'node:test';
import { signatureFault, signatureOf } from './signature.ts';

const SECRET = 'SEC000example-secret-for-tests-only-0123456789abcdef';
const LONG_SECRET = 'SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const NOW = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

const VECTORS = [
  {
    name: 'an ordinary secret',
    secret: SECRET,
    timestamp: '1700000000000',
    sign: 'FBnwuXfncwArnnHEY9B/SL1aSVKMDsQ8mMgPjAczm2c=',
  },
  {
    name: 'a sign with + and /',
    secret: SECRET,
    timestamp: '1700000000002',
    sign: '0JXK8tZkG+J/Kt4RgVxVJ4/xYjo+8ZUcYTnJ0UYKDzo=',
  },
  {
    name: 'a secret longer than a block of the hash',
    secret: LONG_SECRET,
    timestamp: '1700000000000',
    sign: 'bTgY2yDbep+wesS7jKiNj+srsHoADES4+C4f8LCHFtU=',
  },
  {
    name: "the input of DingTalk's own sample",
    secret: 'this is a secret',
    timestamp: '1577262236757',
    sign: 'DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA=',
  },
];

for (const { name, secret, timestamp, sign } of VECTORS) {
  test(`signs as known for ${name}`, () => {
    assert.equal(signatureOf(secret, timestamp), sign);
  });
}

const GOOD = signatureOf(SECRET, `${NOW + 2}`);
const QUERIES = [
  {
    name: 'takes a sign that is encoded once',
    query: `timestamp=${NOW + 2}&sign=${encodeURIComponent(GOOD)}`,
    fault: undefined,
  },
  {
    name: 'refuses a sign that is encoded twice',
    query: `timestamp=${NOW + 2}&sign=${encodeURIComponent(encodeURIComponent(GOOD))}`,
    fault: 'sign',
  },
  { name: 'refuses a sign that is not encoded', query: `timestamp=${NOW + 2}&sign=${GOOD}`, fault: 'sign' },
  {
    name: 'refuses a sign for another timestamp',
    query: `timestamp=${NOW}&sign=${encodeURIComponent(GOOD)}`,
    fault: 'sign',
  },
  { name: 'refuses a missing sign', query: `timestamp=${NOW}`, fault: 'sign' },
  { name: 'refuses a missing timestamp', query: `sign=${encodeURIComponent(GOOD)}`, fault: 'timestamp' },
  { name: 'refuses a timestamp in seconds', query: signed(NOW / 1000), fault: 'timestamp' },
  { name: 'refuses a timestamp that is no number', query: 'timestamp=soon&sign=x', fault: 'timestamp' },
  { name: 'refuses a sign that stands there twice', query: `${signed(NOW)}&sign=x`, fault: 'sign' },
  {
    name: 'refuses a timestamp that stands there twice',
    query: `${signed(NOW)}&timestamp=${NOW}`,
    fault: 'timestamp',
  },
  { name: 'takes a clock that is an hour late', query: signed(NOW - HOUR_MS), fault: undefined },
  { name: 'takes a clock that is an hour early', query: signed(NOW + HOUR_MS), fault: undefined },
  {
    name: 'refuses a clock that is more than an hour late',
    query: signed(NOW - HOUR_MS - 1),
    fault: 'timestamp',
  },
  {
    name: 'refuses a clock that is more than an hour early',
    query: signed(NOW + HOUR_MS + 1),
    fault: 'timestamp',
  },
];

for (const { name, query, fault } of QUERIES) {
  test(name, () => {
    assert.equal(signatureFault(new URLSearchParams(query), SECRET, NOW), fault);
  });
}

function signed(timestamp: number): string {
  return `timestamp=${timestamp}&sign=${encodeURIComponent(signatureOf(SECRET, String(timestamp)))}`;
}
