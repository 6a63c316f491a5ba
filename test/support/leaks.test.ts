import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leaksIn } from './leaks.ts';

const secret = 'Zq+/=&"é4f81c2b7d9e6a3';

describe('leaksIn', () => {
  const rows = [
    { name: 'as it is', text: `token=${secret}`, spelling: 'raw' },
    { name: 'cut short', text: `token ${secret.slice(3, 18)}…`, spelling: 'a piece of it' },
    { name: 'in a query', text: `?token=${encodeURIComponent(secret)}&x=1`, spelling: 'percent-encoded' },
    {
      name: 'in lower-case escapes',
      text: encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
      spelling: 'percent-encoded',
    },
    {
      name: 'in a form',
      text: new URLSearchParams({ a: `${secret} b` }).toString(),
      spelling: 'form-encoded',
    },
    { name: 'in JSON', text: JSON.stringify({ secret }), spelling: 'JSON-escaped' },
    {
      name: 'in JSON inside JSON',
      text: JSON.stringify(JSON.stringify({ secret })),
      spelling: 'JSON-escaped',
    },
    ...['', 'a', 'ab', 'abc'].map((user) => ({
      name: `in the Authorization of user "${user}"`,
      text: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
      spelling: 'base64',
    })),
  ];
  for (const { name, text, spelling } of rows) {
    it(`finds a secret ${name}`, () => {
      const found = leaksIn(text, { token: secret });
      assert.ok(
        found.some((line) => line.startsWith(`token (${spelling}) after `)),
        found.join('\n'),
      );
    });
  }

  it('finds a secret among the bytes of a file', () => {
    const bytes = Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from(secret), Buffer.from([255])]);
    assert.equal(leaksIn(bytes, { token: secret })[0], 'token (raw) after "\\u0000ÿ\u0080"');
  });

  it('finds nothing in a text without secrets', () => {
    assert.deepEqual(leaksIn('sinks.ops: missing', { token: secret }), []);
  });
});
