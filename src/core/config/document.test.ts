import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { faultLine } from '../errors.ts';
import { MAX_CONFIG_BYTES, parseText, readDocument } from './document.ts';
import { temporaryFolder } from './testing/sample.ts';

function linesOf(text: string): string[] {
  const read = parseText(text);
  return 'faults' in read ? read.faults.map((fault) => faultLine(fault).trim()) : [];
}

const REFUSED = [
  { name: 'a key that stands twice', text: 'a: 1\nb: 2\na: 3', says: /^line 3, column 1: .*unique/ },
  {
    name: 'a tab as indentation',
    text: 'a:\n\tb: 1',
    says: /^line 2, column 1: .*Tabs.*\(indent with spaces\)/,
  },
  { name: 'a quote that is not closed', text: 'a: "SECRET', says: /^line 1, column \d+: .*Missing closing/ },
  { name: 'an unknown tag', text: 'a: !SECRET x', says: /^line 1, column 4: .*Unresolved tag \(/ },
  { name: 'an alias of nothing', text: 'a: 1\nb: *SECRET', says: /^line 2, column 4: .*needs quotes/ },
  { name: 'a broken block header', text: 'a: |SECRET', says: /^line 1, column 5: .*extra characters$/ },
  { name: 'a closing bracket too many', text: '{a: 1}}', says: /^line 1, column 7/ },
  { name: 'a second document', text: 'a: 1\n---\nb: 2', says: /one file holds one document/ },
  { name: 'a key that is no text', text: '? [1]\n: 2', says: /keys must be strings/ },
];

for (const { name, text, says } of REFUSED) {
  test(`refuses YAML with ${name}, and quotes nothing of it`, () => {
    const lines = linesOf(text);
    assert.match(lines[0] ?? '', says);
    assert.doesNotMatch(lines.join('\n'), /SECRET/);
  });
}

test('lists every syntax error', () => {
  assert.equal(linesOf('a: 1\na: 2\na: 3').length, 2);
});

test('refuses aliases that multiply each other', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [now, before] of ['ba', 'cb', 'dc', 'ed'].map((pair) => [pair[0], pair[1]])) {
    bomb.push(`${now}: &${now} [${Array(10).fill(`*${before}`).join(', ')}]`);
  }
  assert.match(linesOf(bomb.join('\n'))[0] ?? '', /too many YAML aliases/);
});

test('reads JSON', () => {
  assert.deepEqual(parseText('{"a": {"b": [1, true, null]}}'), { content: { a: { b: [1, true, null] } } });
});

test('keeps a key named __proto__ to itself', () => {
  const read = parseText('__proto__: {polluted: true}');
  assert.ok('content' in read);
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

const FILES = [
  { name: 'a byte order mark', bytes: '\uFEFFa: 1', expected: { content: { a: 1 } } },
  { name: 'Windows line breaks', bytes: 'a: 1\r\nb: 2\r\n', expected: { content: { a: 1, b: 2 } } },
  {
    name: 'too much in it',
    bytes: '#'.repeat(MAX_CONFIG_BYTES + 1),
    expected: { faults: [{ path: '', message: 'cannot read this file: it is longer than 1048576 bytes' }] },
  },
  {
    name: 'UTF-16',
    bytes: Buffer.from('\uFEFFa: 1', 'utf16le'),
    expected: { faults: [{ path: '', message: 'cannot read this file: it is not UTF-8 text' }] },
  },
];

for (const { name, bytes, expected } of FILES) {
  test(`reads a file with ${name} as it should`, async (context) => {
    const file = path.join(await temporaryFolder(context), 'config.yaml');
    await writeFile(file, bytes);
    assert.deepEqual(await readDocument(file), expected);
  });
}

test('says what is wrong with a file that is not there, or is a directory', async (context) => {
  const folder = await temporaryFolder(context);
  const missing = await readDocument(path.join(folder, 'nothing.yaml'));
  assert.deepEqual(missing, {
    faults: [{ path: '', message: 'cannot read this file: there is no such file' }],
  });
  assert.deepEqual(await readDocument(folder), {
    faults: [{ path: '', message: 'cannot read this file: it is a directory' }],
  });
});
