import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { MAX_SECRET_BYTES, readSecretFile } from './secret-files.ts';
import { faultLinesOf, loadText, temporaryFolder } from './testing/sample.ts';

const SINK = 'sinks: {ops: {plugin: sample, token_file: ./secrets/token}}';

const READ = [
  { name: 'as it is', content: 'abc', secret: 'abc' },
  { name: 'without the line break at its end', content: 'abc\n', secret: 'abc' },
  { name: 'without a Windows line break', content: 'abc\r\n', secret: 'abc' },
  { name: 'without blanks and tabs around it', content: '\t ab \n \n', secret: 'ab' },
  { name: 'without blanks of other scripts around it', content: '\u3000ab\u00a0\u200b\u0085', secret: 'ab' },
  { name: 'without a byte order mark', content: '\uFEFFabc', secret: 'abc' },
];

for (const { name, content, secret } of READ) {
  test(`reads a secret from its file ${name}`, async (context) => {
    const config = await loadText(context, SINK, { files: { 'secrets/token': content } });
    assert.equal(config.sinks[0]?.config.token, secret);
    assert.deepEqual(config.secrets, [secret]);
  });
}

const POOL = 'sinks: {ops: {plugin: sample, token: abcd, tokens_file: ./secrets/tokens}}';

const LISTS = [
  { name: 'one', content: 'aaaa', secrets: ['aaaa'] },
  { name: 'one a line', content: 'aaaa\nbbbb\ncccc\n', secrets: ['aaaa', 'bbbb', 'cccc'] },
  { name: 'without blank lines', content: '\naaaa\n\n  \nbbbb\n\n', secrets: ['aaaa', 'bbbb'] },
  { name: 'without Windows line breaks', content: 'aaaa\r\n\r\nbbbb\r\n', secrets: ['aaaa', 'bbbb'] },
  { name: 'without white space around them', content: ' aaaa\n\tbbbb \u3000\r\n', secrets: ['aaaa', 'bbbb'] },
  {
    name: 'without byte order marks of joined files',
    content: '\ufeffaaaa\n\ufeffbbbb',
    secrets: ['aaaa', 'bbbb'],
  },
];

for (const { name, content, secrets } of LISTS) {
  test(`reads a list of secrets from its file: ${name}`, async (context) => {
    const config = await loadText(context, POOL, { files: { 'secrets/tokens': content } });
    assert.deepEqual(config.sinks[0]?.config.tokens, secrets);
    assert.deepEqual(config.secrets, ['abcd', ...secrets]);
  });
}

for (const content of ['', '\n', ' \n\r\n']) {
  test(`refuses a list's file with nothing in it: ${JSON.stringify(content)}`, async (context) => {
    const lines = await faultLinesOf(context, POOL, { files: { 'secrets/tokens': content } });
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^sinks\.ops\.tokens_file: \/.* is empty \(write the secret into it\)$/);
  });
}

test('refuses a list of secrets that is given twice', async (context) => {
  const text = 'sinks: {ops: {plugin: sample, token: abcd, tokens: [HUNTER], tokens_file: x}}';
  assert.deepEqual(await faultLinesOf(context, text), [
    'sinks.ops.tokens_file: given together with sinks.ops.tokens (remove one of the two)',
  ]);
});

const REFUSED = [
  {
    name: 'that is not there',
    files: {},
    says: /token_file: cannot read \/.*\/secrets\/token: there is no such file$/,
  },
  {
    name: 'that is empty',
    files: { 'secrets/token': '\n' },
    says: /token_file: \/.* is empty \(write the secret into it\)$/,
  },
  {
    name: 'that is a directory',
    files: { 'secrets/token/x': '' },
    says: /token_file: cannot read .*: it is a directory$/,
  },
  {
    name: 'that is too long',
    files: { 'secrets/token': 'x'.repeat(MAX_SECRET_BYTES + 1) },
    says: /is longer than 65536 bytes$/,
  },
];

for (const { name, files, says } of REFUSED) {
  test(`refuses a secret file ${name}, and says nothing more`, async (context) => {
    const lines = await faultLinesOf(context, SINK, { files });
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', says);
  });
}

test('refuses a secret that is given twice', async (context) => {
  const text = 'sinks: {ops: {plugin: sample, token: SECRET, token_file: x}}';
  assert.deepEqual(await faultLinesOf(context, text), [
    'sinks.ops.token_file: given together with sinks.ops.token (remove one of the two)',
  ]);
});

test('refuses a file name that is none', async (context) => {
  const text = 'sinks: {ops: {plugin: sample, token_file: 3}}';
  assert.deepEqual(await faultLinesOf(context, text), [
    'sinks.ops.token_file: expected the name of a file, got 3',
  ]);
});

test('says which environment variable named the file', async (context) => {
  const lines = await faultLinesOf(context, 'sinks: {ops: {plugin: sample, token: abcd}}', {
    env: { NOTIFIERD_HTTP_AUTH_BEARER_TOKEN_FILE: '/nowhere' },
  });
  assert.deepEqual(lines, [
    'http.auth.bearer_token_file: cannot read /nowhere: there is no such file (given by the environment variable NOTIFIERD_HTTP_AUTH_BEARER_TOKEN_FILE)',
  ]);
});

test('begins relative names at the directory it is given', async (context) => {
  const folder = await temporaryFolder(context);
  await mkdir(path.join(folder, 'x'));
  const read = await readSecretFile({ path: 'a_file', file: 'x', rival: undefined }, folder);
  assert.ok('fault' in read && read.fault.message.includes(path.join(folder, 'x')));
});
