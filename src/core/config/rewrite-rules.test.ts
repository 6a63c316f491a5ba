import assert from 'node:assert/strict';
import test from 'node:test';
import { faultLine } from '../errors.ts';
import { readRewriteRules } from './rewrite-rules.ts';

const REFUSED = [
  { name: 'no list', raw: { prefix: 'a' }, says: /^links\.rewrite: expected a list, got keys of its own/ },
  {
    name: 'prefix and regex together',
    raw: [{ prefix: 'a', regex: 'b', to: 'http://c' }],
    says: /^links\.rewrite\[0\]: expected either prefix or regex, got both$/,
  },
  {
    name: 'neither of the two',
    raw: [{ to: 'http://c' }],
    says: /^links\.rewrite\[0\]: expected either prefix or regex, got neither$/,
  },
  { name: 'no replacement', raw: [{ prefix: 'a' }], says: /^links\.rewrite\[0\]\.to: missing/ },
  {
    name: 'a replacement that is no link',
    raw: [{ prefix: 'http://a', to: 'b' }],
    says: /^links\.rewrite\[0\]\.to: .*http:\/\//,
  },
  { name: 'an empty prefix', raw: [{ prefix: '', to: 'http://b' }], says: /^links\.rewrite\[0\]: .*empty/ },
  { name: 'a broken expression', raw: [{ regex: 'a(', to: 'b' }], says: /^links\.rewrite\[0\]: .*RE2/ },
  {
    name: 'a look-ahead, which RE2 lacks',
    raw: [{ regex: 'a(?=b)', to: 'b' }],
    says: /^links\.rewrite\[0\]: .*RE2/,
  },
  {
    name: 'a group that is not there',
    raw: [{ regex: 'a', to: '$1' }],
    says: /^links\.rewrite\[0\]: .*group 1/,
  },
];

for (const { name, raw, says } of REFUSED) {
  test(`refuses a rewrite rule with ${name}`, async () => {
    const { faults } = await readRewriteRules(raw);
    assert.equal(faults.length, 1);
    assert.match(faults.map((fault) => faultLine(fault).trim()).join('\n'), says);
  });
}

test('reads rules in their order', async () => {
  const rules = [
    { prefix: 'http://a/', to: 'https://b/' },
    { regex: ':9090', to: '' },
    { regex: ':9090/', to: '/' },
  ];
  const read = await readRewriteRules(rules);
  assert.deepEqual(read.rules, [rules[0], rules[2]]);
  assert.deepEqual(
    read.faults.map(({ path }) => path),
    ['links.rewrite[1].to'],
  );
});

test('takes a missing list for an empty one', async () => {
  assert.deepEqual(await readRewriteRules(undefined), { rules: [], faults: [] });
});
