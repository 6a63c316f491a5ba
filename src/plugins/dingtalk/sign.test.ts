import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sign, toQuery } from './sign.ts';

const SECRET = 'SEC000example-secret-for-tests-only-0123456789abcdef';

// Computed with two independent implementations; the last input is the sample's on DingTalk's own page.
const VECTORS = [
  {
    name: 'an ordinary secret',
    secret: SECRET,
    timestampMs: 1700000000000,
    signature: 'FBnwuXfncwArnnHEY9B/SL1aSVKMDsQ8mMgPjAczm2c=',
    query: 'FBnwuXfncwArnnHEY9B%2FSL1aSVKMDsQ8mMgPjAczm2c%3D',
  },
  {
    name: 'a signature with plus and slash',
    secret: SECRET,
    timestampMs: 1700000000002,
    signature: '0JXK8tZkG+J/Kt4RgVxVJ4/xYjo+8ZUcYTnJ0UYKDzo=',
    query: '0JXK8tZkG%2BJ%2FKt4RgVxVJ4%2FxYjo%2B8ZUcYTnJ0UYKDzo%3D',
  },
  {
    name: "a secret longer than HMAC's block",
    secret: 'SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    timestampMs: 1700000000000,
    signature: 'bTgY2yDbep+wesS7jKiNj+srsHoADES4+C4f8LCHFtU=',
    query: 'bTgY2yDbep%2BwesS7jKiNj%2BsrsHoADES4%2BC4f8LCHFtU%3D',
  },
  {
    name: 'a secret without the prefix',
    secret: 'this is a secret',
    timestampMs: 1577262236757,
    signature: 'DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA=',
    query: 'DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA%3D',
  },
];

for (const { name, secret, timestampMs, signature, query } of VECTORS) {
  test(`signs as DingTalk does: ${name}`, () => {
    assert.equal(sign(secret, timestampMs), signature);
  });

  test(`encodes the signature exactly once: ${name}`, () => {
    const whole = toQuery({ accessToken: 'T', secret }, timestampMs);
    assert.equal(whole, `access_token=T&timestamp=${timestampMs}&sign=${query}`);
    assert.equal(new URLSearchParams(whole).get('sign'), signature);
  });
}

test('sends neither timestamp nor signature without a secret', () => {
  assert.equal(toQuery({ accessToken: 'a+b&c', secret: '' }, 1), 'access_token=a%2Bb%26c');
});
