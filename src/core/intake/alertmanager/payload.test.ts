import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { PayloadError } from '../../errors.ts';
import { parsePayload, statusOf } from './payload.ts';

const FIXTURES = new URL('../../../../test/fixtures/alertmanager/', import.meta.url);
const ALERT = '{"startsAt":"2026-11-22T10:39:36Z"}';

test('accepts every recorded webhook and loses nothing of it', () => {
  for (const file of readdirSync(FIXTURES).filter(
    (name) => name.endsWith('.json') && name !== 'index.json',
  )) {
    const bytes = readFileSync(new URL(file, FIXTURES));
    const { head, alerts } = parsePayload(bytes);
    assert.deepEqual({ ...head, alerts }, JSON.parse(bytes.toString()), file);
  }
});

test('needs no more than version, an alert and its startsAt', () => {
  const { head, alerts } = parse(`{"version":"4","alerts":[${ALERT}]}`);
  assert.deepEqual(
    { head, alerts },
    { head: { version: '4' }, alerts: [{ startsAt: '2026-11-22T10:39:36Z' }] },
  );
});

test('takes null for missing', () => {
  const nulls = ['labels', 'annotations', 'status', 'endsAt', 'generatorURL', 'fingerprint'].map(
    (name) => `"${name}":null`,
  );
  const heads = [
    'receiver',
    'status',
    'groupLabels',
    'commonLabels',
    'groupKey',
    'truncatedAlerts',
    'externalURL',
  ];
  const head = heads.map((name) => `"${name}":null`).join();
  parse(`{"version":"4",${head},"alerts":[{"startsAt":"2026-11-22T10:39:36Z",${nulls.join()}}]}`);
});

test('takes a byte order mark, but nothing that is not UTF-8', () => {
  parse(`\ufeff{"version":"4","alerts":[${ALERT}]}`);
  assert.equal(errorOf(Buffer.from([0x7b, 0xff, 0x7d])).code, 'payload_not_utf8');
});

test('keeps hostile texts as they are and pollutes nothing', () => {
  const labels =
    '{"__proto__":"p","constructor":"c","nul":"\\u0000","half":"\\ud800","a":"first","a":"last","":"e","k8s.io/x":"y"}';
  const strange = `"__proto__":{"polluted":true},"toString":[1]`;
  const { head, alerts } = parse(
    `{"version":"4",${strange},"alerts":[{"startsAt":"2026-11-22T10:39:36Z","labels":${labels},${strange}}]}`,
  );
  assert.equal(JSON.stringify(alerts[0]?.labels), labels.replace('"a":"first",', ''));
  assert.equal(JSON.stringify(head), `{"version":"4",${strange}}`);
  assert.equal(JSON.stringify(alerts[0]).endsWith(`,${strange}}`), true);
  assert.equal('polluted' in {}, false);
  assert.equal('polluted' in head, false);
});

const FAULTY: readonly { name: string; body: string; code: string; faults: readonly string[] }[] = [
  {
    name: 'an empty body',
    body: ' \n',
    code: 'payload_not_json',
    faults: [': expected JSON, got an empty body'],
  },
  {
    name: 'a form',
    body: 'payload=1',
    code: 'payload_not_json',
    faults: [': expected JSON, got something else: the text ends too early or does not begin as JSON'],
  },
  { name: 'a list', body: '[]', code: 'payload_invalid', faults: [': expected an object, got a list'] },
  { name: 'null', body: 'null', code: 'payload_invalid', faults: [': expected an object, got null'] },
  {
    name: 'a custom payload',
    body: '{"text":"x"}',
    code: 'payload_invalid',
    faults: ['version: expected the text "4", got nothing', 'alerts: expected a list of alerts, got nothing'],
  },
  {
    name: 'a number for the version',
    body: `{"version":4,"alerts":[${ALERT}]}`,
    code: 'payload_invalid',
    faults: ['version: expected the text "4", got the number 4'],
  },
  {
    name: 'another version',
    body: `{"version":"1","alerts":[${ALERT}]}`,
    code: 'payload_invalid',
    faults: ['version: expected the text "4", got "1"'],
  },
  {
    name: 'no alerts',
    body: '{"version":"4","alerts":[]}',
    code: 'payload_invalid',
    faults: ['alerts: expected a list of alerts, got an empty one'],
  },
  {
    name: 'an object of alerts',
    body: '{"version":"4","alerts":{}}',
    code: 'payload_invalid',
    faults: ['alerts: expected a list of alerts, got an object'],
  },
  {
    name: 'an alert that is none',
    body: `{"version":"4","alerts":[${ALERT},null,[]]}`,
    code: 'payload_invalid',
    faults: ['alerts[1]: expected an alert, got null', 'alerts[2]: expected an alert, got a list'],
  },
  {
    name: 'faults in a head',
    body: `{"version":"4","receiver":1,"groupLabels":[],"commonLabels":{"a":null},"truncatedAlerts":-1,"status":"x","alerts":[${ALERT}]}`,
    code: 'payload_invalid',
    faults: [
      'receiver: expected text, got the number 1',
      'status: expected "firing" or "resolved", got "x"',
      'groupLabels: expected an object of texts, got a list',
      'commonLabels.a: expected text, got null',
      'truncatedAlerts: expected a whole number from 0, got the number -1',
    ],
  },
  {
    name: 'no startsAt',
    body: '{"version":"4","alerts":[{}]}',
    code: 'payload_invalid',
    faults: ['alerts[0].startsAt: expected an RFC 3339 time such as 2026-11-22T10:39:36Z, got nothing'],
  },
  {
    name: 'an empty startsAt',
    body: '{"version":"4","alerts":[{"startsAt":""}]}',
    code: 'payload_invalid',
    faults: ['alerts[0].startsAt: expected an RFC 3339 time such as 2026-11-22T10:39:36Z, got ""'],
  },
  {
    name: 'faults in an alert, one a field',
    body: '{"version":"4","alerts":[{"startsAt":1,"endsAt":"soon","status":{},"labels":{"ok":"x","job":1,"instance":2},"annotations":{"a/b~c \\n":[]}}]}',
    code: 'payload_invalid',
    faults: [
      'alerts[0].status: expected "firing" or "resolved", got an object',
      'alerts[0].labels.job: expected text, got the number 1',
      'alerts[0].annotations["a/b~c \\n"]: expected text, got a list',
      'alerts[0].startsAt: expected an RFC 3339 time such as 2026-11-22T10:39:36Z, got the number 1',
      'alerts[0].endsAt: expected an RFC 3339 time such as 2026-11-22T10:39:36Z, got "soon"',
    ],
  },
  {
    name: 'a label named __proto__',
    body: '{"version":"4","alerts":[{"startsAt":"2026-11-22T10:39:36Z","labels":{"__proto__":{}}}]}',
    code: 'payload_invalid',
    faults: ['alerts[0].labels.__proto__: expected text, got an object'],
  },
];

for (const { name, body, code, faults } of FAULTY) {
  test(`says what is wrong with ${name}`, () => {
    const error = errorOf(Buffer.from(body));
    assert.deepEqual([error.code, error.httpStatus], [code, 400]);
    assert.deepEqual(
      error.faults.map((fault) => `${fault.path}: ${fault.message}`),
      faults,
    );
    assert.match(error.message, /^not an Alertmanager webhook.*[^\n]$/);
  });
}

test('hints at a custom payload where one is likely', () => {
  assert.match(errorOf(Buffer.from('{"text":"x"}')).faults[0]?.hint ?? '', /`payload`/);
});

test('says where the JSON breaks, but quotes none of it', () => {
  const { message } = errorOf(Buffer.from('{"secret":"s3cr3t" "x"}'));
  assert.match(message, /at position 19/);
  assert.doesNotMatch(message, /cr3t/);
});

test('lists few faults and keeps them short, however many and large the wrong values are', () => {
  const wrong = `{"startsAt":"${'x'.repeat(1000)}","labels":{"${'k'.repeat(1000)}":1}}`;
  const error = errorOf(Buffer.from(`{"version":"4","alerts":[${Array(50_000).fill('1').join()},${wrong}]}`));
  assert.equal(error.faults.length, 20);
  assert.match(error.message, /\(and at least 19 more\)$/);
  const several = errorOf(Buffer.from(`{"version":"4","alerts":[1,${Array(15).fill(wrong).join()}]}`));
  assert.equal(several.faults.length, 20);
  for (const { path, message } of several.faults) assert.equal(path.length + message.length < 250, true);
});

test('refuses nesting that nobody could store, and bears what is below', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  assert.equal(errorOf(Buffer.from(nested(5_000_000))).code, 'payload_too_deep');
  const { alerts } = parse(
    `{"version":"4","alerts":[{"startsAt":"2026-11-22T10:39:36Z","more":${nested(61)}}]}`,
  );
  assert.equal(JSON.stringify(alerts[0]?.more), nested(61));
});

test('takes an alert without a status for firing unless it has an end', () => {
  const startsAt = '2026-11-22T10:39:36Z';
  assert.equal(statusOf({ startsAt }), 'firing');
  assert.equal(statusOf({ startsAt, endsAt: '0001-01-01T00:00:00Z' }), 'firing');
  assert.equal(statusOf({ startsAt, endsAt: '2026-11-22T11:00:00Z' }), 'resolved');
  assert.equal(statusOf({ startsAt, status: 'firing', endsAt: '2026-11-22T11:00:00Z' }), 'firing');
});

test('throws nothing but a PayloadError, whatever bytes come', () => {
  const anything = fc.oneof(
    fc.uint8Array(),
    fc.json().map((json) => Buffer.from(json)),
    fc.jsonValue().map((alerts) => Buffer.from(JSON.stringify({ version: '4', alerts }))),
    fc.jsonValue().map((alert) => Buffer.from(JSON.stringify({ version: '4', alerts: [alert] }))),
    fc
      .dictionary(fc.constantFrom('labels', 'startsAt', 'status', 'endsAt'), fc.jsonValue())
      .map((alert) => Buffer.from(JSON.stringify({ version: '4', alerts: [alert] }))),
  );
  fc.assert(
    fc.property(anything, (bytes) => {
      try {
        parsePayload(bytes);
      } catch (error) {
        assert.equal(error instanceof PayloadError, true, String(error));
      }
    }),
  );
});

function parse(json: string) {
  return parsePayload(Buffer.from(json));
}

function errorOf(bytes: Uint8Array): PayloadError {
  try {
    parsePayload(bytes);
  } catch (error) {
    if (error instanceof PayloadError) return error;
    throw error;
  }
  return assert.fail('expected a PayloadError');
}

test('refuses strangers that nest one level too deep, small as the body is, and says nothing else of a text that ends too early', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const alert = '"startsAt":"2026-11-22T10:39:36Z"';
  const inAlert = (depth: number) => `{"version":"4","alerts":[{${alert},"more":${nested(depth)}}]}`;
  const inHead = (depth: number) => `{"version":"4","more":${nested(depth)},"alerts":[{${alert}}]}`;
  assert.equal(errorOf(Buffer.from(inAlert(62))).code, 'payload_too_deep');
  assert.equal(errorOf(Buffer.from(inHead(64))).code, 'payload_too_deep');
  assert.equal(parse(inHead(63)).alerts.length, 1);
  assert.equal(errorOf(Buffer.from('['.repeat(1_000))).code, 'payload_too_deep');
  // Bigger than what is parsed unseen.
  const padding = ' '.repeat(1024 * 1024);
  assert.equal(errorOf(Buffer.from(`${padding}${inAlert(62)}`)).code, 'payload_too_deep');
  assert.equal(parse(`${padding}${inAlert(61)}`).alerts.length, 1);
});
