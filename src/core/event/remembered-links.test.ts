import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLinks } from './links.ts';
import { rememberLinks } from './remembered-links.ts';

const LINKS = createLinks({
  prometheusUrl: 'http://203.0.113.10:30027/',
  alertmanagerUrl: 'http://203.0.113.10:30028/',
  rewrite: [{ prefix: 'http://a/', to: 'https://b/' }],
  fallbackUrl: 'https://fallback.example/',
});

test('gives what the links give, however often and in whatever order it is asked', () => {
  const remembered = rememberLinks(LINKS);
  const url = fc.oneof(
    fc.webUrl(),
    fc.constantFrom('', 'http://a/x', 'http://prometheus-k8s-0:9090/graph?g0.expr=up', 'no link', '/graph'),
  );
  fc.assert(
    fc.property(fc.constantFrom('prometheus', 'alertmanager', 'other'), url, (kind, text) => {
      assert.equal(remembered[kind](text), LINKS[kind](text));
      assert.equal(remembered[kind](text), LINKS[kind](text));
    }),
  );
  assert.equal(remembered.fallbackUrl, LINKS.fallbackUrl);
});

/** How often the links behind the memory were asked. */
function countAsked(urls: readonly string[]): number {
  let asked = 0;
  const other = (url: string) => {
    asked += 1;
    return url.startsWith('http') ? url : undefined;
  };
  const remembered = rememberLinks({ ...LINKS, other });
  for (const url of urls) remembered.other(url);
  return asked;
}

test('asks once for a URL, and once for a text that is no link', () => {
  assert.equal(countAsked(['http://a/', 'none', 'http://a/', 'none']), 2);
});

test('does not remember without end', () => {
  const many = Array.from({ length: 257 }, (_, index) => `http://a/${index}`);
  assert.equal(countAsked([...many, 'http://a/256', 'http://a/0']), 258);
  const long = `http://a/${'x'.repeat(2_048)}`;
  assert.equal(countAsked([long, long]), 2);
});
