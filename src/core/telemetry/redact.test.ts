import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRedactor } from './redact.ts';

const SECRET = 'SEC"a+b/c=d\\ é\n-9';

describe('createRedactor', () => {
  const basic = Buffer.from(`alertmanager:${SECRET}`).toString('base64');
  const rows: { name: string; text: string }[] = [
    { name: 'as it is', text: `token ${SECRET} end` },
    { name: 'twice in one line', text: `${SECRET} and ${SECRET}` },
    { name: 'as a JSON string', text: JSON.stringify({ token: SECRET }) },
    { name: 'as JSON inside JSON', text: JSON.stringify({ body: JSON.stringify({ token: SECRET }) }) },
    { name: 'percent-encoded', text: `https://h/robot/send?access_token=${encodeURIComponent(SECRET)}&x=1` },
    {
      name: 'percent-encoded in lower case',
      text: encodeURIComponent(SECRET).toLowerCase().replace('sec', 'SEC'),
    },
    { name: 'form-encoded', text: new URLSearchParams({ access_token: SECRET }).toString() },
    { name: 'in base64', text: Buffer.from(SECRET).toString('base64') },
    { name: 'in base64url', text: Buffer.from(SECRET).toString('base64url') },
    { name: 'as the password of basic authentication', text: `Authorization: Basic ${basic}` },
  ];
  for (const { name, text } of rows) {
    it(`removes a secret ${name}`, () => {
      const redacted = createRedactor([SECRET])(text);
      assert.match(redacted, /<secret>/);
      assert.ok(!redacted.includes('SEC'), redacted);
      assert.ok(!redacted.includes('-9'), redacted);
      assert.ok(!redacted.includes(Buffer.from('b/c=d').toString('base64').slice(0, 6)), redacted);
    });
  }

  it('removes a secret wherever it begins in longer base64', () => {
    for (const before of ['', 'a', 'ab', 'abc']) {
      const redacted = createRedactor(['correct-horse'])(
        Buffer.from(`${before}correct-horse!`).toString('base64'),
      );
      assert.match(redacted, /^.{0,4}<secret>.{0,4}$/, before);
    }
  });

  it('takes the longest secret where one begins with another', () => {
    assert.equal(
      createRedactor(['token', 'token-of-ops'])('x token-of-ops y token z'),
      'x <secret> y <secret> z',
    );
  });

  it('leaves text alone without secrets, and for secrets too short to be any', () => {
    assert.equal(createRedactor([])('all of it'), 'all of it');
    assert.equal(createRedactor(['', 'all'])('all of it'), 'all of it');
  });

  it('takes characters of regular expressions in secrets literally', () => {
    assert.equal(createRedactor(['.*.*'])('anything .*.*'), 'anything <secret>');
    assert.equal(createRedactor(['a[(b', 'c|d|'])('a[(b c|d| c'), '<secret> <secret> c');
  });

  it('keeps a JSON line valid', () => {
    const line = createRedactor([SECRET])(JSON.stringify({ token: SECRET, n: 1 }));
    assert.deepEqual(JSON.parse(line), { token: '<secret>', n: 1 });
  });
});
