import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NotifierdError } from '../errors.ts';
import { type Matcher, parseMatchers, renderMatcher } from './matcher.ts';

/** Of a text with one condition. */
function parseMatcher(text: string): Matcher {
  const [matcher, ...others] = parseMatchers(text);
  assert.ok(matcher !== undefined && others.length === 0);
  return matcher;
}

const PARSED: readonly { name: string; text: string; parts: readonly [string, string, string] }[] = [
  { name: 'a quoted value', text: 'severity="critical"', parts: ['severity', '=', 'critical'] },
  { name: 'a bare value', text: 'severity=critical', parts: ['severity', '=', 'critical'] },
  { name: 'blanks everywhere', text: '  severity  !=  "critical"  ', parts: ['severity', '!=', 'critical'] },
  { name: 'a bare expression', text: 'severity=~critical|page', parts: ['severity', '=~', 'critical|page'] },
  { name: 'a negative expression', text: 'job!~"a.*"', parts: ['job', '!~', 'a.*'] },
  { name: 'an empty value', text: 'team=""', parts: ['team', '=', ''] },
  { name: 'signs in quotes', text: 'a="=~ !~ , {}"', parts: ['a', '=', '=~ !~ , {}'] },
  { name: 'a quoted name', text: '"k8s.io/app name" = "x"', parts: ['k8s.io/app name', '=', 'x'] },
  { name: 'a Chinese name', text: '服务.名称=订单', parts: ['服务.名称', '=', '订单'] },
  {
    name: "Go's escapes",
    text: '"a\\tb"="\\"\\\\\\n\\x41\\u4e2d\\U0001F525"',
    parts: ['a\tb', '=', '"\\\nA中🔥'],
  },
  { name: 'a backslash that starts no escape', text: 'pod=~"web-\\d+"', parts: ['pod', '=~', 'web-\\d+'] },
  { name: 'an escaped backslash', text: 'pod=~"web-\\\\d+"', parts: ['pod', '=~', 'web-\\d+'] },
  { name: 'a line feed in quotes', text: 'a="b\nc\\td"', parts: ['a', '=', 'b\nc\\td'] },
  { name: 'half a surrogate pair, which is no character', text: 'a="\\ud800"', parts: ['a', '=', '\\ud800'] },
];

for (const { name, text, parts } of PARSED) {
  test(`parses ${name}`, () => {
    const matcher = parseMatcher(text);
    assert.deepEqual([matcher.name, matcher.operator, matcher.value], parts);
  });
}

type Parts = readonly [string, string, string];

const LISTS: readonly { name: string; text: string; parts: readonly Parts[] }[] = [
  {
    name: 'two conditions',
    text: 'a="x", b=~"y|z"',
    parts: [
      ['a', '=', 'x'],
      ['b', '=~', 'y|z'],
    ],
  },
  {
    name: 'the same in braces',
    text: '{a="x", b=~"y|z"}',
    parts: [
      ['a', '=', 'x'],
      ['b', '=~', 'y|z'],
    ],
  },
  { name: 'one in braces', text: '{a="x"}', parts: [['a', '=', 'x']] },
  {
    name: 'blanks everywhere',
    text: ' { a = x ,\tb != y\n} ',
    parts: [
      ['a', '=', 'x'],
      ['b', '!=', 'y'],
    ],
  },
  {
    name: 'a comma behind the last',
    text: 'a=x,b=y,',
    parts: [
      ['a', '=', 'x'],
      ['b', '=', 'y'],
    ],
  },
  { name: 'a comma behind the last in braces', text: '{a=x, }', parts: [['a', '=', 'x']] },
  { name: 'no condition', text: ' { } ', parts: [] },
  {
    name: 'quoted names',
    text: '{"k8s.io/a"="x","b,}"=~y}',
    parts: [
      ['k8s.io/a', '=', 'x'],
      ['b,}', '=~', 'y'],
    ],
  },
  {
    name: 'commas, braces and quotes in values',
    text: '{a="x,y", b="{z}", c="\\"},"}',
    parts: [
      ['a', '=', 'x,y'],
      ['b', '=', '{z}'],
      ['c', '=', '"},'],
    ],
  },
];

for (const { name, text, parts } of LISTS) {
  test(`parses ${name}: ${text}`, () => {
    const parsed = parseMatchers(text).map(({ name, operator, value }) => [name, operator, value]);
    assert.deepEqual(parsed, parts);
  });
}

test('reads what it has printed, however the conditions are put together', () => {
  const matcher = fc.record(
    {
      name: fc.string({ unit: 'grapheme', minLength: 1 }),
      operator: fc.constantFrom('=' as const, '!=' as const),
      value: fc.string({ unit: fc.constantFrom(...'ab"\\{},=~! \n\t中$') }),
    },
    { noNullPrototype: true },
  );
  const frame = fc.constantFrom(['', ''], ['{', '}'], [' { ', ',} '], ['', ' , ']);
  fc.assert(
    fc.property(fc.array(matcher, { minLength: 1 }), frame, (matchers, [before = '', behind = '']) => {
      const text = `${before}${matchers.map(renderMatcher).join(', ')}${behind}`;
      const parsed = parseMatchers(text).map(({ name, operator, value }) => ({ name, operator, value }));
      assert.deepEqual(parsed, matchers);
    }),
  );
});

const FAULTY: readonly { name: string; text: string; message: string }[] = [
  { name: 'nothing', text: '', message: 'matcher "", character 1: expected a label name' },
  { name: 'no name', text: '="x"', message: 'character 1: expected a label name' },
  {
    name: 'no operator',
    text: 'severity critical',
    message: 'character 10: expected =, !=, =~ or !~; got "critical"',
  },
  { name: 'half an operator', text: 'severity!critical', message: 'character 9: expected =, !=, =~ or !~' },
  { name: 'two equals signs', text: 'a=="b"', message: 'character 3: expected a value' },
  {
    name: 'no value',
    text: 'severity=',
    message: 'character 10: expected a value, in double quotes if it holds signs or nothing; got the end',
  },
  { name: 'an open quote', text: 'a="b\\"', message: 'character 7: expected a closing quote; got the end' },
  {
    name: 'two matchers without a comma',
    text: 'a="b" c="d"',
    message: 'character 7: expected nothing more: commas separate conditions',
  },
  {
    name: 'two matchers in braces without a comma',
    text: '{a=b c=d}',
    message: 'character 6: expected a comma or the closing brace',
  },
  { name: 'an open brace', text: '{a="b",', message: 'character 8: expected a comma or the closing brace' },
  {
    name: 'an open brace behind a value',
    text: '{a="b"',
    message: 'character 7: expected a comma or the closing brace; got the end',
  },
  { name: 'a closing brace alone', text: 'a="b"}', message: 'character 6: expected nothing more' },
  { name: 'text behind the braces', text: '{a="b"} c', message: 'character 9: expected nothing more' },
  { name: 'two commas', text: 'a="b",,c="d"', message: 'character 7: expected a label name' },
  { name: 'a comma alone', text: '{,}', message: 'character 2: expected a label name' },
  { name: 'a bare value with blanks', text: 'a=b c', message: 'character 5: expected nothing more' },
  { name: 'an unsound expression', text: 'a=~ "(b"', message: 'character 5: expected an RE2 expression: ' },
  {
    name: 'an expression that only fits its frame',
    text: 'a=~"b)|(?:c"',
    message: 'character 4: expected an RE2 expression',
  },
  { name: 'look-ahead', text: 'a=~"(?=b)"', message: 'expected an RE2 expression' },
];

for (const { name, text, message } of FAULTY) {
  test(`says where ${name} stops making sense`, () => {
    assert.throws(
      () => parseMatcher(text),
      (error) => {
        assert.ok(error instanceof NotifierdError);
        assert.equal(error.code, 'matcher_invalid');
        assert.equal(error.message.includes(message), true, error.message);
        assert.match(error.hint ?? '', /severity="critical"/);
        return true;
      },
    );
  });
}

const MATCHING: readonly { text: string; labels: Record<string, string>; matches: boolean }[] = [
  { text: 'a="b"', labels: { a: 'b' }, matches: true },
  { text: 'a="b"', labels: { a: 'B' }, matches: false },
  { text: 'a="b"', labels: {}, matches: false },
  { text: 'a!="b"', labels: {}, matches: true },
  { text: 'a=""', labels: {}, matches: true },
  { text: 'a!=""', labels: { a: '' }, matches: false },
  { text: 'a=~"b|bc"', labels: { a: 'bc' }, matches: true },
  { text: 'a=~"b"', labels: { a: 'abc' }, matches: false },
  { text: 'a=~"b|c"', labels: { a: 'bx' }, matches: false },
  { text: 'a=~"b"', labels: { a: 'b\n' }, matches: false },
  { text: 'a=~".*"', labels: {}, matches: true },
  { text: 'a=~".+"', labels: {}, matches: false },
  { text: 'a!~"b.*"', labels: { a: 'bc' }, matches: false },
  { text: 'a!~"b.*"', labels: { a: 'c' }, matches: true },
  { text: 'a=~"(?i)B"', labels: { a: 'b' }, matches: true },
  { text: 'constructor=""', labels: {}, matches: true },
  { text: '__proto__=""', labels: {}, matches: true },
];

for (const { text, labels, matches } of MATCHING) {
  test(`${text} ${matches ? 'takes' : 'leaves'} ${JSON.stringify(labels)}`, () => {
    assert.equal(parseMatcher(text).matches(labels), matches);
  });
}

test('answers within a moment where a backtracking expression would not', () => {
  assert.equal(parseMatcher('a=~"(a+)+"').matches({ a: `${'a'.repeat(50_000)}b` }), false);
});

test('takes any name and value in quotes, and throws nothing but its own error', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'binary' }),
      (name, value) => {
        const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
        const matcher = parseMatcher(`${quote(name)}=${quote(value)}`);
        assert.deepEqual([matcher.name, matcher.value], [name, value]);
        assert.equal(matcher.matches(Object.fromEntries([[name, value]])), true);
      },
    ),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab"\\=~!{,} \n(|*') }), (text) => {
      try {
        for (const matcher of parseMatchers(text)) matcher.matches({ a: text });
      } catch (error) {
        assert.equal(error instanceof NotifierdError, true, String(error));
      }
    }),
  );
});
