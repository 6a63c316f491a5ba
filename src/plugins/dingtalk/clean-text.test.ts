import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanLine, cleanText, withoutLinks } from './clean-text.ts';

const TEXTS = [
  {
    name: 'shows NUL, bell, escape and delete',
    text: 'a\u0000b\u0007c\u001b[31m\u007f',
    expected: 'a␀b␇c␛[31m␡',
  },
  { name: 'replaces controls of C1', text: 'a\u009bb', expected: 'a\ufffdb' },
  { name: 'leaves out marks that turn the text around', text: 'a\u202etxt.exe\u2066', expected: 'atxt.exe' },
  { name: 'leaves out byte order marks', text: '\ufeffa', expected: 'a' },
  { name: 'replaces half surrogates', text: 'a\ud83d b\udd25', expected: 'a\ufffd b\ufffd' },
  { name: 'has one kind of line break', text: 'a\r\nb\rc\u2028d', expected: 'a\nb\nc\nd' },
  { name: 'keeps emoji of several parts', text: '👨‍👩‍👧‍👦🔥', expected: '👨‍👩‍👧‍👦🔥' },
  { name: 'keeps tabs and all languages', text: '中文\tрусский العربية', expected: '中文\tрусский العربية' },
  { name: 'trims', text: ' \n a \n', expected: 'a' },
];

for (const { name, text, expected } of TEXTS) {
  test(`cleanText ${name}`, () => assert.equal(cleanText(text), expected));
}

test('cleanLine has no line breaks and no runs of blanks', () => {
  assert.equal(cleanLine(' a\r\n\r\n b\tc '), 'a b c');
});

test('withoutLinks names each address [link] and keeps the words around it', () => {
  const text =
    '请看https://example.com/a?b=1\uff0c然后 www.example.com/x (dingtalk://page/link) 127.0.0.1:9100';
  assert.equal(withoutLinks(text), '请看[link]\uff0c然后 [link] ([link] 127.0.0.1:9100');
});
