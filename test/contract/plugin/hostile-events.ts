/**
 * Events as somebody would make them who wants a plugin to fail: whatever Alertmanager can post, and the intake lets through, may
 * be in one of them.
 */
import fc from 'fast-check';
import type { Event } from '../../../src/core/plugin/contract.ts';
import { eventsOf } from './recorded-events.ts';

/** Texts that mean something to a terminal, a parser, a template or a chat. */
const SNIPPETS = [
  '\u0000\u0007\u001b[2J\u009b31m',
  '\r\n\u2028\u2029\t',
  '\ufeff\u202etxt.exe\u202c\u200b\u2066',
  '\ud83d',
  '\udd25',
  '👩‍👩‍👧‍👦🔥',
  '{{ .Labels }} \u0024{jndi:ldap://127.0.0.1/x} %s %n %2F %',
  '<script>alert("x")</script> &amp; <!-- ]]>',
  '[link](http://evil.example.com/?a=1&b=2) **bold** `code` ``` @all <@U123> #',
  `"'\\/\\u0022`,
  '严重：磁盘已满，请联系值班同学',
  ' ',
];
const LONGEST_CHARS = 60_000;

const character = fc.oneof(
  { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }) },
  { weight: 2, arbitrary: fc.constantFrom(...SNIPPETS) },
  // Any UTF-16 code unit, half characters included.
  { weight: 1, arbitrary: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) },
);
const shortText = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(''));

/** Any text, now and then a very long one. */
export const hostileText: fc.Arbitrary<string> = fc
  .tuple(shortText, fc.constantFrom(1, 1, 1, 1, 40, 5000))
  .map(([text, times]) => text.repeat(times).slice(0, LONGEST_CHARS));

const address = fc.oneof(
  fc.constantFrom('', 'javascript:alert(1)', 'http://', `https://wiki.example.com/${'x'.repeat(30_000)}`),
  hostileText,
  shortText.map((text) => `http://prometheus:9090/graph?g0.expr=${text}&g0.tab=1`),
);
const TEXT_KEYS = ['summary', 'description', 'message', 'runbook_url', 'dashboard_url', 'panel_url'];
const LABEL_KEYS = ['alertname', 'severity', 'instance', '__proto__', 'constructor', '__name__'];
const INSTANTS = ['2026-11-22T10:44:57.52Z', '1970-01-01T00:00:00-05:00', '9999-12-31T23:59:59.123456789Z'];

const textMap = (keys: readonly string[]) =>
  fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...keys), shortText), hostileText), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries));
const alert = fc.record({
  status: fc.constantFrom('firing', 'resolved'),
  labels: textMap(LABEL_KEYS),
  annotations: textMap(TEXT_KEYS),
  startsAt: fc.constantFrom(...INSTANTS),
  endsAt: fc.constantFrom(...INSTANTS),
  generatorURL: address,
  more: fc.jsonValue({ maxDepth: 2 }),
});
const webhook = fc.record({
  version: fc.constant('4'),
  receiver: hostileText,
  alerts: fc.array(alert, { minLength: 1, maxLength: 4 }),
  groupLabels: textMap(LABEL_KEYS),
  commonLabels: textMap(LABEL_KEYS),
  commonAnnotations: textMap(TEXT_KEYS),
  externalURL: address,
  groupKey: hostileText,
  truncatedAlerts: fc.constantFrom(0, 1, 1e6),
});

/** One to four events of one webhook, deeply frozen. */
export const hostileEvents: fc.Arbitrary<readonly Event[]> = webhook.map((body) =>
  eventsOf(Buffer.from(JSON.stringify(body))),
);
