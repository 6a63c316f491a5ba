/**
 * The largest hostile input to each thing that reads what strangers send: headers, paths, payloads, texts, addresses, instants, answers of a
 * channel. Work is measured in processor time, so that other work of the machine does not count, and by how it grows: twice the input may take
 * little more than twice the work. test/house/linear-expressions.test.ts looks at the shapes of all expressions; this runs them.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLinks } from '../../src/core/event/links.ts';
import { parseSeverity } from '../../src/core/event/severity.ts';
import { fingerprint } from '../../src/core/intake/alertmanager/fingerprint.ts';
import { canonicalInstant, isUnset } from '../../src/core/intake/alertmanager/instant.ts';
import { parsePayload } from '../../src/core/intake/alertmanager/payload.ts';
import { silenceUrl } from '../../src/core/intake/alertmanager/silence-url.ts';
import { unescapeReceiver } from '../../src/core/intake/alertmanager/to-event.ts';
import { parseMatchers } from '../../src/core/routing/matcher.ts';
import { renderLogText } from '../../src/core/telemetry/log-text.ts';
import { createRedactor } from '../../src/core/telemetry/redact.ts';
import { cleanLine as cleanConsoleLine } from '../../src/plugins/console/clean-text.ts';
import { cleanLine, withoutLinks } from '../../src/plugins/dingtalk/clean-text.ts';
import { toOutcome } from '../../src/plugins/dingtalk/outcome.ts';
import { linkInMarkdown, plainInMarkdown } from '../../src/plugins/dingtalk/plain-in-markdown.ts';
import { shorten } from '../../src/plugins/dingtalk/shorten.ts';
import { safeVendorText } from '../../src/plugins/dingtalk/vendor-text.ts';
import { regexLiteralsIn, toRegExp } from '../house/regex-literals.ts';
import { isProduct, readTree } from '../house/source-tree.ts';
import { startEdge } from '../support/edge.ts';

/** Four times the largest head, and large enough that quadratic work takes seconds: what is linear here is linear in 16 MiB. */
const LARGE = 64 * 1024;
/** The largest head of a request, less what stands in it beside the hostile part. */
const HEAD = 15 * 1024;
/** Below this nobody waits, and growth cannot be measured. */
const HARMLESS_MS = 40;
/** Twice, and room for what a collector does meanwhile. */
const MOST_GROWTH = 3.2;

/** What is repeated: what some expression or loop stops at, begins with, or takes for something else. */
const UNITS: readonly string[] = [
  ...[
    'a',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '0',
    '/',
    '//',
    '\\',
    '"',
    '.',
    '-',
    '=',
    '%',
    '%2',
    '$',
    '#',
    '?',
    '&',
    '~',
    '<',
    '@',
    '*',
    '[',
    '(',
  ],
  ...[
    '{',
    ',',
    ';',
    ':',
    '+',
    '\0',
    '\u00a0',
    '\u202e',
    '\ud800',
    '\uff20x',
    '\u{1f525}',
    'é',
    '\\(',
    '\\"',
    '://',
    'a://',
    'http://',
  ],
  ...[
    'a.',
    'www.',
    '&#',
    '&a',
    '~~',
    'graph/',
    ';link',
    '; link ',
    'sign',
    'sign =',
    'secret  ',
    'subcode=',
    'x 1:',
    'solution: ',
  ],
];
/** What stands before and after, so that something begins, and then fails at the end. */
const FRAMES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['http://a/', '\u0001'],
  ['2026-11-22T10:39:36.', 'x'],
  ['; link', ':'],
  ['sign', ''],
];

const links = createLinks({
  prometheusUrl: 'http://203.0.113.10/',
  rewrite: [{ regex: '^(.*a)+(.*)$', to: '$2' }],
  fallbackUrl: 'http://203.0.113.10/',
});
const matchers = parseMatchers('a=~"(a*)*b|(.*a){3}x"');
const redact = createRedactor(['aaaa', 'http', ' = =']);
const answer = { kind: 'answer', status: 200, headers: {}, body: '' } as const;
const room = { chars: 1_000, bytes: 2_000 };

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'a severity': parseSeverity,
  'an instant': canonicalInstant,
  'an instant that may be unset': isUnset,
  'a receiver': unescapeReceiver,
  'a label of a fingerprint': (text) => fingerprint({ a: text, [text]: 'a' }),
  'a label of a silence': (text) => silenceUrl('http://a', { a: text, [text]: 'a' }),
  'an address of Alertmanager': (text) => silenceUrl(text, {}),
  'an address of Prometheus': links.prometheus,
  'any other address': links.other,
  'a label that is matched': (text) => matchers.map((matcher) => matcher.matches({ a: text })),
  'a payload': (text) => attempt(() => parsePayload(Buffer.from(text))),
  'a text in a payload': (text) => parsePayload(payload([{ labels: { a: text }, startsAt: text }])),
  'a line of the log': (text) => renderLogText({ time: '', level: 'info', msg: text, text }),
  'a text with secrets': redact,
  'a line of the console': cleanConsoleLine,
  'a line of DingTalk': cleanLine,
  'a text without links': withoutLinks,
  'a line of markdown': plainInMarkdown,
  'a link in markdown': linkInMarkdown,
  'a text to be shortened': (text) => shorten(text, room, 'count'),
  "a channel's own words": (text) => safeVendorText(text, ['aaaa', '=']),
  "a channel's answer": (text) => toOutcome({ ...answer, body: text }),
  'words in an answer': (text) =>
    toOutcome({ ...answer, body: JSON.stringify({ errcode: 300005, errmsg: text, sub_code: text }) }),
  'when to try again': (text) =>
    toOutcome({ ...answer, status: 429, headers: { 'retry-after': text, date: text } }),
};

describe('hostile texts are read in linear time', () => {
  for (const [name, read] of Object.entries(readers)) {
    test(name, () => {
      for (const [before, after] of FRAMES) {
        for (const unit of UNITS) {
          const make = (length: number) => before + unit.repeat(length / unit.length) + after;
          assertLinear(`${name}: ${JSON.stringify(make(40))}…`, (length) => read(make(length)));
        }
      }
    });
  }

  test('payloads of many small parts', () => {
    const shapes: Readonly<Record<string, (count: number) => string>> = {
      'alerts that are faulty': (count) => JSON.stringify({ version: '4', alerts: Array(count).fill(5) }),
      'labels of one alert': (count) => labelled(Array.from({ length: count }, (_, index) => `l${index}`)),
      'equal labels': (count) => `{"version":"4","alerts":[{"labels":{${'"a":"b",'.repeat(count)}"a":"b"}}]}`,
      'unknown fields': (count) =>
        `{${Array.from({ length: count }, (_, index) => `"f${index}":[{}],`).join('')}"a":1}`,
    };
    for (const [name, make] of Object.entries(shapes)) {
      assertLinear(name, (length) => attempt(() => parsePayload(Buffer.from(make(length / 8)))));
    }
  });
});

test('each expression that strangers reach takes linear time for what is made of its own parts', () => {
  const files = readTree('src').filter(isProduct);
  const literals = files
    .filter(({ path }) => !path.startsWith('src/core/config/'))
    .flatMap(({ text }) => regexLiteralsIn(text));
  for (const literal of literals) {
    const expression = toRegExp(literal);
    const words = literal.text.match(/[a-z]{2,}|[^\s\\a-z]/gi) ?? [];
    const units = new Set([
      ' ',
      '\n',
      'a',
      '0',
      ...words,
      ...words.map((word, at) => word + (words[at + 1] ?? '')),
    ]);
    for (const before of ['', 'a b', words.join('')]) {
      for (const unit of units) {
        const make = (length: number) => `${before}${unit.repeat(length / unit.length)}\u0001`;
        const what = `${literal.text} over ${JSON.stringify(make(20))}`;
        assertLinear(what, (length) => make(length).replace(expression, ''));
      }
    }
  }
});

describe('requests with the largest head are answered in linear time', () => {
  const hostile: readonly (readonly [string, (length: number) => string])[] = [
    ['blanks in Authorization', (length) => head({ authorization: `a b${' '.repeat(length)}b` })],
    ['words in Authorization', (length) => head({ authorization: `${'a '.repeat(length / 2)}a` })],
    ['one word in Authorization', (length) => head({ authorization: 'a'.repeat(length) })],
    ['tabs in Authorization', (length) => head({ authorization: `Basic a${'\t '.repeat(length / 2)}=` })],
    ['a long Content-Encoding', (length) => head({ 'content-encoding': `${' ,'.repeat(length / 2)}x` })],
    ['a long Content-Type', (length) => head({ 'content-type': `a${'; '.repeat(length / 2)}x` })],
    ['a long Connection', (length) => head({ connection: `${'a, '.repeat(length / 3)}close` })],
    [
      'many headers',
      (length) => head(Object.fromEntries(Array.from({ length: length / 8 }, (_, i) => [`x${i}`, '']))),
    ],
    ['a path of slashes', (length) => head({}, '/'.repeat(length))],
    ['a path of many parts', (length) => head({}, `/webhook${'/a'.repeat(length / 2)}`)],
    ['a path that nearly names a sink', (length) => head({}, `/dingtalk/${'send/'.repeat(length / 5)}`)],
    ['a long sink', (length) => head({}, `/dingtalk/${'%2F'.repeat(length / 3)}/send//`)],
    ['a long query', (length) => head({}, `/?${'a=?&'.repeat(length / 4)}`)],
  ];
  for (const [name, make] of hostile) {
    test(name, async (t) => {
      const edge = await startEdge(t, { auth: { bearerToken: 'token', username: 'a', password: 'b' } });
      await edge.exchange(make(HEAD));
      const one = make(HEAD);
      const cost = await costOfMany(() => edge.exchange(one));
      assert.ok(cost < HARMLESS_MS, `${cost} ms for one request`);
    });
  }
});

/** Complains if the work for twice the input is much more than twice as much, and is felt. */
function assertLinear(what: string, work: (length: number) => unknown): void {
  const whole = costOf(() => work(LARGE));
  if (whole < HARMLESS_MS) return;
  const half = costOf(() => work(LARGE / 2));
  assert.ok(whole < half * MOST_GROWTH, `${what}: ${half} ms for half of it, ${whole} ms for all`);
}

/** Processor time in milliseconds: the least of a few runs, as the first ones may compile and collect; one, if it does no harm. */
function costOf(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 4 && least >= HARMLESS_MS; run += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

async function costOfMany(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (let run = 0; run < 10; run += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / 10;
}

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

function payload(alerts: readonly object[]): Uint8Array {
  const whole = alerts.map((alert) => ({ status: 'firing', ...alert, startsAt: '2026-11-22T10:00:00Z' }));
  return Buffer.from(JSON.stringify({ version: '4', alerts: whole }));
}

function labelled(names: readonly string[]): string {
  const labels = Object.fromEntries(names.map((name) => [name, '']));
  return Buffer.from(payload([{ labels }])).toString();
}

function head(headers: Readonly<Record<string, string>>, path = '/'): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\nHost: x\r\n${lines.join('')}Content-Length: 0\r\n\r\n`;
}
