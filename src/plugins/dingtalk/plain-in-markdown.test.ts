import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linkInMarkdown, plainInMarkdown } from './plain-in-markdown.ts';

const LINES = [
  {
    name: 'ordinary words',
    text: 'disk 97 % full: 3 < 5 & more - see #7',
    expected: 'disk 97 % full: 3 < 5 & more - see #7',
  },
  { name: 'a Windows path', text: 'C:\\temp', expected: 'C:\\\\temp' },
  { name: 'bold, italic and code', text: '**a** _b_ `c`', expected: '\\*\\*a\\*\\* \\_b\\_ \\`c\\`' },
  { name: 'a link', text: '[x](javascript:a)', expected: '(x)(javascript:a)' },
  { name: 'a picture', text: '![x](//h/p.png)', expected: '!(x)(//h/p.png)' },
  { name: 'a mention of all', text: '@all @所有人', expected: '@ all @ 所有人' },
  {
    name: 'a mention by number, full width too',
    text: '@13800000000 ＠138',
    expected: '@ 13800000000 ＠ 138',
  },
  { name: 'a mail address', text: 'a@example.com', expected: 'a@ example.com' },
  { name: 'a lone at sign', text: 'load @ 5', expected: 'load @ 5' },
  { name: 'an address', text: 'https://x.example.com/a', expected: 'https:// x.example.com/a' },
  { name: 'an address without a scheme', text: 'WWW.example.com', expected: 'WWW. example.com' },
  { name: 'tags', text: '<at user_id="all"></at> <!-- x', expected: '< at user\\_id="all">< /at> < !-- x' },
  { name: 'entities', text: '&amp; &#64;all &x', expected: '& amp; & #64;all &x' },
  { name: 'a line through', text: '~~a~~ ~/b', expected: '~ ~a~ ~ ~/b' },
];

for (const { name, text, expected } of LINES) {
  test(`shows as text: ${name}`, () => assert.equal(plainInMarkdown(text), expected));
}

test('leaves nothing out and adds nothing but backslashes and blanks', () => {
  const sign = fc.constantFrom(...'\\`*_[]@<&:/w.~#!?;a1 ＠磁');
  fc.assert(
    fc.property(
      fc.string({ unit: fc.oneof(sign, fc.string({ unit: 'grapheme', maxLength: 1 })) }),
      (text) => {
        const bare = (line: string) => line.replaceAll('[', '(').replaceAll(']', ')').replace(/[\\ ]/g, '');
        assert.equal(bare(plainInMarkdown(text)), bare(text));
      },
    ),
  );
});

const LINKS = [
  { name: 'an ordinary address', url: 'http://h/g?x=a_b*&y=%20#z', expected: 'http://h/g?x=a_b*&y=%20#z' },
  { name: 'an IPv6 host', url: 'http://[::1]:9090/', expected: 'http://[::1]:9090/' },
  { name: 'brackets and blanks', url: 'http://h/(a) b<c>', expected: 'http://h/%28a%29%20b%3Cc%3E' },
  {
    name: 'blanks of other languages',
    url: 'http://h/a\u3000b\u00a0c',
    expected: 'http://h/a%E3%80%80b%C2%A0c',
  },
  { name: 'code and backslashes', url: 'http://h/`a`\\', expected: 'http://h/%60a%60%5C' },
  {
    name: 'controls and marks that turn text',
    url: 'http://h/\u0000\u202e',
    expected: 'http://h/%00%E2%80%AE',
  },
  {
    name: 'a user, and a name behind the host',
    url: 'http://u@h/@all?q=＠1',
    expected: 'http://u@h/%40all?q=%EF%BC%A01',
  },
  { name: 'half a character', url: 'http://h/\ud83d', expected: 'http://h/\ufffd' },
];

for (const { name, url, expected } of LINKS) {
  test(`ends a link where it ends: ${name}`, () => assert.equal(linkInMarkdown(url), expected));
}
