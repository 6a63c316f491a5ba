/** White space around credentials never counts; what cannot be a credential is a fault or a warning, and nothing repeats it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { secretProblem, trimText } from './secret-text.ts';
import { faultLinesOf, loadText, type SampleOptions } from './testing/sample.ts';

const TOKEN = 'sinks: {ops: {plugin: sample, token: abcd}}';
const WHITE = ['', ' ', '\n', '\r\n', '\t', '\ufeff', ' \u00a0\u3000\n\n'];

for (const white of WHITE) {
  const shown = JSON.stringify(white);
  test(`takes no notice of ${shown} around credentials, wherever they stand`, async (context) => {
    const wrap = (text: string): string => `${white}${text}${white}`;
    const config = await loadText(
      context,
      JSON.stringify({
        http: { auth: { username: wrap('alert'), password_file: 'password' } },
        sinks: {
          ops: { plugin: 'sample', token: wrap('abcd'), tokens: [wrap('efgh'), wrap('ijkl')] },
          db: { plugin: 'sample', token_file: 'token', tokens_file: 'tokens', password: wrap('a b') },
        },
      }),
      {
        env: { NOTIFIERD_HTTP_AUTH_BEARER_TOKEN: wrap('bearer-token') },
        files: {
          password: wrap('pass word'),
          token: wrap('mnop'),
          tokens: `${wrap('qrst')}\n${wrap('uvwx')}`,
        },
      },
    );
    assert.deepEqual(config.http.auth, {
      bearerToken: 'bearer-token',
      username: 'alert',
      password: 'pass word',
    });
    const [ops, db] = config.sinks.map((sink) => sink.config);
    assert.deepEqual([ops?.token, ops?.tokens], ['abcd', ['efgh', 'ijkl']]);
    assert.deepEqual([db?.token, db?.tokens, db?.password], ['mnop', ['qrst', 'uvwx'], 'a b']);
    assert.deepEqual(config.warnings, []);
  });
}

const INSIDE = 'expected a token, got text with blanks, line ends or signs that cannot be seen inside';
const VARIABLE = 'expected a token, got only the name of a variable';

const REFUSED: readonly ({ name: string; text: string; says: readonly string[] } & SampleOptions)[] = [
  {
    name: 'a token with a blank inside',
    text: 'sinks: {ops: {plugin: sample, token: "HUNTER HUNTER"}}',
    says: [`sinks.ops.token: ${INSIDE} (copy it anew, and nothing else)`],
  },
  {
    name: 'a token with a line end inside, in its file',
    text: 'sinks: {ops: {plugin: sample, token_file: token}}',
    files: { token: 'HUNTER\nHUNTER\n' },
    says: [`sinks.ops.token_file: ${INSIDE} (copy it anew, and nothing else)`],
  },
  {
    name: 'a token with a sign inside that cannot be seen',
    text: 'sinks: {ops: {plugin: sample, token: "HUN\\u200bTER"}}',
    says: [`sinks.ops.token: ${INSIDE} (copy it anew, and nothing else)`],
  },
  {
    name: 'a token with half a pair of characters, which no request can hold',
    text: 'sinks: {ops: {plugin: sample, token: "HUN\\ud83dTER"}}',
    says: [`sinks.ops.token: ${INSIDE} (copy it anew, and nothing else)`],
  },
  {
    name: 'items of a list with blanks inside',
    text: 'sinks: {ops: {plugin: sample, token: abcd, tokens: [efgh, "HUN TER", "HUN\\tTER"]}}',
    says: [
      `sinks.ops.tokens: number 2: ${INSIDE} (copy it anew, and nothing else)`,
      `sinks.ops.tokens: number 3: ${INSIDE} (copy it anew, and nothing else)`,
    ],
  },
  {
    name: 'a line with two tokens',
    text: 'sinks: {ops: {plugin: sample, token: abcd, tokens_file: tokens}}',
    files: { tokens: 'efgh\nHUNTER, HUNTER\n' },
    says: [`sinks.ops.tokens_file: number 2: ${INSIDE} (write one a line, and nothing else)`],
  },
  {
    name: 'a bearer token with its scheme before it',
    text: TOKEN,
    env: { NOTIFIERD_HTTP_AUTH_BEARER_TOKEN: 'Bearer HUNTER' },
    says: [`http.auth.bearer_token: ${INSIDE} (copy it anew, and nothing else)`],
  },
  {
    name: 'the name of a variable in the file of the configuration',
    text: `sinks: {ops: {plugin: sample, token: "\${HUNTER}", tokens: [abcd, $HUNTER]}}`,
    says: [
      `sinks.ops.token: ${VARIABLE} (no variables are replaced in this file: write token_file with the name of a file that holds it)`,
      `sinks.ops.tokens: number 2: ${VARIABLE} (no variables are replaced in this file: write tokens_file with the name of a file that holds it)`,
    ],
  },
  {
    name: 'the name of a variable for a key that has a variable of its own',
    text: `{http: {auth: {bearer_token: "\${HUNTER:-x y}"}}, ${TOKEN}}`,
    says: [
      `http.auth.bearer_token: ${VARIABLE} (no variables are replaced in this file: write bearer_token_file with the name of a file that holds it, or set the variable NOTIFIERD_HTTP_AUTH_BEARER_TOKEN)`,
    ],
  },
  {
    name: 'the name of a variable in a secret file and in the environment',
    text: 'sinks: {ops: {plugin: sample, token_file: token}}',
    files: { token: '$(HUNTER)\n' },
    env: { NOTIFIERD_HTTP_AUTH_BEARER_TOKEN: '{{ .Values.HUNTER }}' },
    says: [
      `http.auth.bearer_token: ${VARIABLE} (no variables are replaced there: set NOTIFIERD_HTTP_AUTH_BEARER_TOKEN to the value itself)`,
      `sinks.ops.token_file: ${VARIABLE} (no variables are replaced in the file: write the value itself into it)`,
    ],
  },
  {
    name: 'a token in quotes of its own',
    text: 'sinks: {ops: {plugin: sample, token_file: token}}',
    files: { token: '"HUNTER"\n' },
    says: ['sinks.ops.token_file: expected a token, got one in quotes of its own (remove the quotes)'],
  },
  {
    name: 'a secret of white space only',
    text: 'sinks: {ops: {plugin: sample, token: " \\n", password: "\\u3000"}}',
    says: [
      'sinks.ops.token: expected text, got an empty text (write a value, or remove the line)',
      'sinks.ops.password: expected text, got an empty text (write a value, or remove the line)',
    ],
  },
  {
    name: 'a credential of white space only in the environment, which would let everybody in',
    text: TOKEN,
    env: { NOTIFIERD_HTTP_AUTH_BEARER_TOKEN: '\n', NOTIFIERD_HTTP_AUTH_USERNAME: ' ' },
    says: [
      'http.auth.bearer_token: expected text in the environment variable NOTIFIERD_HTTP_AUTH_BEARER_TOKEN, got only white space (set it to the value, or to nothing)',
      'http.auth.username: expected text in the environment variable NOTIFIERD_HTTP_AUTH_USERNAME, got only white space (set it to the value, or to nothing)',
    ],
  },
];

for (const { name, text, says, ...options } of REFUSED) {
  test(`refuses ${name}, and does not repeat it`, async (context) => {
    const lines = await faultLinesOf(context, text, options);
    assert.deepEqual(lines, says);
    assert.doesNotMatch(lines.join('\n'), /HUN/);
  });
}

test('takes passwords of any signs, and warns of one that is only the name of a variable', async (context) => {
  const config = await loadText(
    context,
    JSON.stringify({
      http: { auth: { username: 'alert', password: `\${HUNTER}` } },
      sinks: {
        ops: { plugin: 'sample', token: 'abcd', password: '$HUNTER' },
        db: { plugin: 'sample', token: 'abcd', password: `"a b" \${HUNTER}` },
      },
    }),
  );
  assert.deepEqual(config.warnings, [
    'http.auth.password: looks like the name of a variable, not like a value (no variables are replaced in this file: write password_file with the name of a file that holds it, or set the variable NOTIFIERD_HTTP_AUTH_PASSWORD)',
  ]);
  assert.equal(config.http.auth?.password, `\${HUNTER}`);
});

test('warns of any other text that is only the name of a variable', async (context) => {
  const config = await loadText(
    context,
    JSON.stringify({
      http: { auth: { username: `\${HUNTER}`, password: 'abcd' } },
      links: { rewrite: [{ regex: '^http://(?P<rest>.*)', to: `\${rest}` }] },
      sinks: { ops: { plugin: 'sample', token: 'abcd', keyword: `\${HUNTER}`, people: ['a', `\${HUNTER}`] } },
    }),
    { env: { NOTIFIERD_DELIVERY_PROXY: `http://ops:\${HUNTER}@p:3128` } },
  );
  const looks = 'looks like the name of a variable, not like a value';
  assert.deepEqual(config.warnings, [
    `http.auth.username: ${looks} (no variables are replaced in this file: set the variable NOTIFIERD_HTTP_AUTH_USERNAME)`,
    'delivery.proxy: user or password looks like the name of a variable (no variables are replaced here: write the whole address into delivery.proxy_file)',
    `sinks.ops.keyword: ${looks} (no variables are replaced in this file: write the value itself)`,
    `sinks.ops.people: number 2: ${looks} (no variables are replaced in this file: write the value itself)`,
  ]);
});

test('says what a plugin warns of, at the place of its sink', async (context) => {
  const config = await loadText(context, 'sinks: {ops: {plugin: sample, token: abcd, keyword: odd}}');
  assert.deepEqual(config.warnings, ['sinks.ops.keyword: looks odd (any other)']);
});

test('never says a part of a credential, whatever it is', () => {
  const sign = fc.constantFrom(...`ab12 \n\t"'$`, ...'{}()=\u200b\ufeff');
  fc.assert(
    fc.property(fc.string({ unit: sign }), fc.constantFrom('token', 'password'), (text, kind) => {
      const planted = `HUNTER2${text}HUNTER2`;
      for (const secret of [planted, `\${${planted}}`, `"${planted}"`, `$${planted}`]) {
        assert.doesNotMatch(JSON.stringify(secretProblem(secret, kind) ?? null), /HUNTER2/);
      }
    }),
  );
});

test('removes the ends only, in time that grows with the length', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const trimmed = trimText(text);
      assert.equal(text.includes(trimmed), true);
      assert.equal(trimText(` ${trimmed}\n`), trimmed);
      assert.equal(trimmed, trimmed.trim());
    }),
  );
  const long = `a${' '.repeat(200_000)}b`;
  assert.equal(trimText(long), long);
});

test('hides what the query of a secret address says, and the address', async (context) => {
  const address = 'https://example.com/send?key=abcdefgh&v=2';
  const config = await loadText(context, `sinks: {ops: {plugin: sample, token: "${address}"}}`);
  assert.deepEqual(config.secrets, [address, 'abcdefgh']);
});
