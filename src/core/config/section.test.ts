import assert from 'node:assert/strict';
import test from 'node:test';
import { faultLinesOf, loadText, samplePlugin } from './testing/sample.ts';

/** What a sink with these lines is refused for; the sink itself is sound otherwise. */
const REFUSED = [
  {
    name: 'a number where text belongs',
    key: 'keyword: 0123',
    says: 'keyword: expected text, got 123 (put it in quotes)',
  },
  {
    name: 'a key without a value',
    key: 'keyword:',
    says: 'keyword: expected text, got nothing (write a value, or remove the line)',
  },
  {
    name: 'an empty secret',
    key: 'secret: ""',
    says: 'secret: expected text, got an empty text (write a value, or remove the line)',
  },
  {
    name: 'a secret of another kind',
    key: 'secret: 4711',
    says: 'secret: expected text, got a number (put it in quotes)',
  },
  {
    name: 'keys where a value belongs',
    key: 'width: {a: {b: 1}}',
    says: 'width: expected a whole number, got keys of its own',
  },
  {
    name: 'a number with a tail',
    key: 'width: 80junk',
    says: 'width: expected a whole number, got "80junk"',
  },
  { name: 'a fraction', key: 'width: 3.7', says: 'width: expected a whole number, got 3.7' },
  { name: 'a negative number', key: 'width: -1', says: 'width: expected a whole number, got -1' },
  {
    name: 'a flag of another word',
    key: 'silent: maybe',
    says: 'silent: expected true or false, got "maybe"',
  },
  {
    name: 'a duration without unit',
    key: 'patience: 30',
    says: 'patience: expected a duration such as 30s, 5m or 1h30m, got 30 (add the unit: ms, s, m, h, d or w)',
  },
  {
    name: 'a size with an unknown unit',
    key: 'room: 1Mi',
    says: 'room: expected a size such as 500KiB or 16MiB, got "1Mi"',
  },
  {
    name: 'a URL of another scheme',
    key: 'endpoint: "ftp://x"',
    says: 'endpoint: expected a URL that begins with http:// or https://, without user and password, got "ftp://x"',
  },
  {
    name: 'a URL with a password',
    key: 'endpoint: "http://u:hunter2@x/?a=hunter2"',
    says: 'endpoint: expected a URL that begins with http:// or https://, without user and password, got "http://***@x/?…"',
  },
  {
    name: 'a word that is not in the list',
    key: 'form: lnk',
    says: 'form: expected one of link, markdown, got "lnk" (did you mean link?)',
  },
  {
    name: 'a text where a list belongs',
    key: 'people: a',
    says: 'people: expected a list of texts, got "a" (write [a, b], or one line a text that begins with a dash)',
  },
  {
    name: 'a list with a number in it',
    key: 'people: [a, 1]',
    says: 'people: expected a list of texts, got a list (number 2 is a number: put it in quotes)',
  },
  {
    name: 'a secret where a list of them belongs',
    key: 'tokens: HUNTER',
    says: 'tokens: expected a list of texts, got text (write [a, b], or one line a text that begins with a dash)',
  },
  {
    name: 'a list of secrets with a number in it',
    key: 'tokens: [HUNTER, 4711]',
    says: 'tokens: expected a list of texts, got a list (number 2 is a number: put it in quotes)',
  },
  {
    name: 'a list of secrets with keys in it',
    key: 'tokens: [{HUNTER: HUNTER}]',
    says: 'tokens: expected a list of texts, got a list (number 1 is keys of its own: put it in quotes)',
  },
  {
    name: 'a list of secrets with an empty one in it',
    key: 'tokens: [HUNTER, HUNTER, ""]',
    says: 'tokens: expected a list of texts, got a list (number 3 is empty: write a value, or remove it)',
  },
  {
    name: 'a list of secrets without any',
    key: 'tokens: []',
    says: 'tokens: expected a list of texts, got an empty list (write a value, or remove the line)',
  },
  {
    name: 'a map with a number in it',
    key: 'pictures: {a.b: 1}',
    says: 'pictures.a.b: expected text, got 1 (put it in quotes)',
  },
  {
    name: 'a list where a map belongs',
    key: 'pictures: [a]',
    says: 'pictures: expected keys with a text each, got a list',
  },
  { name: 'a mistyped key', key: 'keywrd: SECRET', says: 'keywrd: unknown key (did you mean keyword?)' },
  {
    name: 'a mistyped secret file',
    key: 'secrt_file: SECRET',
    says: 'secrt_file: unknown key (did you mean secret_file?)',
  },
  {
    name: "what the plugin's validate() finds",
    key: 'keyword: forbidden',
    says: 'keyword: expected another word (any other)',
  },
];

for (const { name, key, says } of REFUSED) {
  test(`refuses ${name}`, async (context) => {
    const lines = await faultLinesOf(
      context,
      `sinks:\n  ops:\n    plugin: sample\n    token: abcd\n    ${key}\n`,
    );
    assert.deepEqual(lines, [`sinks.ops.${says}`]);
  });
}

test('says that a required key is missing, and where else it may be', async (context) => {
  assert.deepEqual(await faultLinesOf(context, 'sinks: {ops: {plugin: sample}}'), [
    'sinks.ops.token: missing: expected text (or token_file with the name of a file that holds it)',
  ]);
});

test('lists the known keys where none is near', async (context) => {
  const [line] = await faultLinesOf(context, 'sinks: {ops: {plugin: sample, token: abcd, volume: 3}}');
  assert.match(
    line ?? '',
    /^sinks\.ops\.volume: unknown key \(known: plugin, enabled, fallback, expire_after, token, .*tokens_file\)$/,
  );
});

test('does not show a secret that became a part of a key', async (context) => {
  const [line] = await faultLinesOf(context, 'sinks: {ops: {plugin: sample, token: abcd, secret:SEC123}}');
  assert.equal(line, 'sinks.ops.secret…: unknown key (did you mean secret?)');
});

test('refuses dots in keys instead of taking them for steps down', async (context) => {
  assert.match(
    (await faultLinesOf(context, 'http.port: 1\nsinks: {ops: {plugin: sample, token: x}}'))[0] ?? '',
    /^http\.port: unknown key/,
  );
});

test('turns text into values, and fills in defaults', async (context) => {
  const config = await loadText(
    context,
    `sinks:
  ops: {plugin: sample, token: "0123", silent: yes, width: "7", patience: 1m, room: 2KiB, people: [a], pictures: {a.b: x, __proto__: y}}
  other: {plugin: sample, token: abcd}`,
  );
  const [ops, other] = config.sinks;
  const { pictures, ...rest } = ops?.config ?? {};
  assert.deepEqual(rest, {
    token: '0123',
    secret: '',
    password: '',
    keyword: null,
    endpoint: 'https://example.com',
    form: 'link',
    silent: true,
    width: 7,
    patience: 60_000,
    room: 2_048,
    tokens: [],
    people: ['a'],
  });
  assert.deepEqual(Object.entries(pictures ?? {}), [
    ['a.b', 'x'],
    ['__proto__', 'y'],
  ]);
  assert.deepEqual(other?.config.tokens, []);
  assert.equal(other?.config.patience, 5_000);
  assert.deepEqual(other?.config.pictures, {});
  assert.equal(other?.plugin, samplePlugin);
});
