import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LONGEST_URL, toHttpUrl } from './http-url.ts';

const KEPT = [
  'http://prometheus-k8s-0:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
  'https://example.com',
  "HTTPS://Example.com/A/../b//c/;x?a=[1]&b=(2)'*!#frag?&/",
  'http://[::1]:9090/graph',
  'http://user:secret@example.com:8080/',
];

for (const url of KEPT) {
  test(`keeps ${url} byte for byte`, () => {
    assert.equal(toHttpUrl(url), url);
  });
}

const MENDED: readonly { name: string; text: string; url: string }[] = [
  { name: 'blanks and line feeds around', text: ' \n https://a.example/x \r\n', url: 'https://a.example/x' },
  { name: 'a blank inside', text: 'https://a.example/run book', url: 'https://a.example/run%20book' },
  {
    name: 'Chinese',
    text: 'https://a.example/手册?q=值#节',
    url: 'https://a.example/%E6%89%8B%E5%86%8C?q=%E5%80%BC#%E8%8A%82',
  },
  { name: 'an emoji', text: 'https://a.example/🔥', url: 'https://a.example/%F0%9F%94%A5' },
  { name: 'quotes and braces', text: 'http://a/graph?q={a="b"}', url: 'http://a/graph?q=%7Ba=%22b%22%7D' },
  { name: 'a line feed inside', text: 'http://a/x\ny', url: 'http://a/x%0Ay' },
  { name: 'a NUL', text: 'http://a/\0', url: 'http://a/%00' },
  {
    name: 'a stray percent sign',
    text: 'http://a/?q=100%&r=%zz&s=%41',
    url: 'http://a/?q=100%25&r=%25zz&s=%41',
  },
  { name: 'half a surrogate pair', text: 'http://a/\ud800', url: 'http://a/%EF%BF%BD' },
  { name: 'letters that only look like ASCII', text: 'http://a/\u212aſ', url: 'http://a/%E2%84%AA%C5%BF' },
  { name: 'a Chinese host', text: 'http://例子.example:8080/x', url: 'http://xn--fsqu00a.example:8080/x' },
];

for (const { name, text, url } of MENDED) {
  test(`keeps a URL with ${name} working`, () => {
    assert.equal(toHttpUrl(text), url);
  });
}

const REFUSED: readonly { name: string; text: string }[] = [
  { name: 'nothing', text: '' },
  { name: 'a relative URL', text: '/graph?g0.expr=up' },
  { name: 'a URL without a scheme', text: '//example.com/' },
  { name: 'a script', text: 'javascript:alert(1)//http://example.com/' },
  { name: 'a script after a line feed', text: '\njavascript:alert(1)' },
  { name: 'a data URL', text: 'data:text/html,<b>' },
  { name: 'another scheme', text: 'ftp://example.com/' },
  { name: 'no host', text: 'http:///path' },
  { name: 'a port without a host', text: 'http://:80/' },
  { name: 'a port that does not exist', text: 'http://a:99999/' },
  { name: 'a host with a blank', text: 'http://a b/' },
  { name: 'a host with a line feed', text: 'http://a\nb/' },
  { name: 'a host with a backslash', text: 'http://good.example\\@evil.example/' },
  { name: 'more than a browser opens', text: `http://a/${'x'.repeat(LONGEST_URL)}` },
  { name: 'what grows beyond that', text: `http://a/${'值'.repeat(LONGEST_URL / 4)}` },
];

for (const { name, text } of REFUSED) {
  test(`refuses ${name}`, () => {
    assert.equal(toHttpUrl(text), undefined);
  });
}

test('gives printable ASCII that needs no second mending, whatever comes', () => {
  const anything = fc.tuple(
    fc.constantFrom('', 'http://a', 'https://b/', 'http://'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(anything, ([start, text]) => {
      const url = toHttpUrl(start + text);
      if (url === undefined) return;
      assert.match(url, /^https?:\/\/[!-~]+$/i);
      assert.equal(URL.canParse(url), true);
      assert.equal(toHttpUrl(url), url);
    }),
  );
});
