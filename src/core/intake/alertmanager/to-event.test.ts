import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLinks } from '../../event/links.ts';
import { type Payload, parsePayload } from './payload.ts';
import { createEventReader } from './to-event.ts';

const FIXTURES = new URL('../../../../test/fixtures/alertmanager/', import.meta.url);
const ORIGIN = { id: 'n-1', receivedAt: 1 };
const PLAIN = createLinks({ rewrite: [], fallbackUrl: 'https://fallback.example/' });
const read = createEventReader({ links: PLAIN, severityLabel: 'severity' });

test('reads a typical alert whole', () => {
  const links = createLinks({
    prometheusUrl: 'http://203.0.113.10:30027/',
    alertmanagerUrl: 'http://203.0.113.10:30028/',
    rewrite: [],
    fallbackUrl: 'https://fallback.example/',
  });
  const { head, alerts } = fixture('firing-typical.json');
  const [alert] = alerts;
  assert.ok(alert);
  const event = createEventReader({ links, severityLabel: 'severity' })(head)(alert, ORIGIN);
  assert.deepEqual(JSON.parse(JSON.stringify(event)), {
    id: 'n-1',
    format: 'alertmanager',
    status: 'firing',
    name: 'TargetFlapping',
    severity: 'warning',
    originalSeverity: 'warning',
    summary: 'Target 127.0.0.1:19400 of job demo is flapping',
    description: 'demo target 127.0.0.1:19400 has value 1 for more than 3s.',
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: alert.startsAt,
    fingerprint: alert.fingerprint,
    generatorUrl: 'http://203.0.113.10:30027/graph?g0.expr=up%7Bjob%3D%22demo%22%7D+%3D%3D+1&g0.tab=1',
    externalUrl: 'http://203.0.113.10:30028/',
    runbookUrl: 'https://runbooks.example.com/runbooks/targetflapping',
    dashboardUrl: alert.annotations?.dashboard,
    silenceUrl: event.silenceUrl,
    bestUrl: event.generatorUrl,
    receiver: 'ops.dingtalk+primary (上海)',
    groupKey: head.groupKey,
    groupLabels: head.groupLabels,
    commonLabels: head.commonLabels,
    commonAnnotations: head.commonAnnotations,
    routeLabels: {},
    reason: 'unknown',
    truncatedAlerts: 0,
    receivedAt: 1,
    unknownFields: { alert: {}, notification: {} },
  });
  assert.match(
    event.silenceUrl ?? '',
    /^http:\/\/203\.0\.113\.10:30028\/#\/silences\/new\?filter=%7Balertname%3D/,
  );
});

test('keeps the end of a resolved alert only, and only if it is set', () => {
  const endsAt = '2026-11-22T11:00:00.5+08:00';
  assert.equal(readOne({ status: 'resolved', endsAt }).endsAt, endsAt);
  assert.equal('endsAt' in readOne({ status: 'firing', endsAt }), false);
  assert.equal('endsAt' in readOne({ status: 'resolved', endsAt: '0001-01-01T00:00:00Z' }), false);
  assert.equal('endsAt' in readOne({ status: 'resolved' }), false);
});

test('has an event for an alert that says nothing', () => {
  const event = readOne({});
  assert.deepEqual(
    [
      event.name,
      event.severity,
      event.status,
      event.bestUrl,
      event.fingerprint,
      event.reason,
      event.receiver,
    ],
    ['alert', 'unknown', 'firing', 'https://fallback.example/', 'cbf29ce484222325', 'unknown', ''],
  );
  const optional = [
    'summary',
    'description',
    'message',
    'originalSeverity',
    'generatorUrl',
    'silenceUrl',
    'endsAt',
  ];
  assert.deepEqual(
    optional.filter((name) => name in event),
    [],
  );
});

test('takes blank annotations for missing, but keeps them among the annotations', () => {
  const event = readOne({ annotations: { summary: ' \n', description: '', message: ' x ' } });
  assert.deepEqual(['summary' in event, 'description' in event, event.message], [false, false, ' x ']);
  assert.equal(event.annotations.summary, ' \n');
});

test('reads the severity from the configured label', () => {
  const readLevel = createEventReader({ links: PLAIN, severityLabel: 'level' });
  const alert = { startsAt: '2026-11-22T10:39:36Z', labels: { severity: 'info', level: 'P1' } };
  const event = readLevel({ version: '4' })(alert, ORIGIN);
  assert.deepEqual([event.severity, event.originalSeverity], ['critical', 'P1']);
  const readTrap = createEventReader({ links: PLAIN, severityLabel: 'constructor' });
  assert.equal('originalSeverity' in readTrap({ version: '4' })(alert, ORIGIN), false);
});

const URL_SPELLINGS: readonly {
  name: string;
  annotations: Record<string, string>;
  field: 'runbookUrl' | 'dashboardUrl' | 'panelUrl';
}[] = [
  { name: 'runbook_url', annotations: { runbook_url: 'https://a/x' }, field: 'runbookUrl' },
  { name: 'runbookUrl', annotations: { runbookUrl: 'https://a/x' }, field: 'runbookUrl' },
  { name: 'runbook', annotations: { runbook: 'https://a/x' }, field: 'runbookUrl' },
  {
    name: 'runbook_url that is none beside a runbook',
    annotations: { runbook_url: 'see wiki', runbook: 'https://a/x' },
    field: 'runbookUrl',
  },
  { name: 'dashboard', annotations: { dashboard: 'https://a/x' }, field: 'dashboardUrl' },
  { name: 'dashboard_url', annotations: { dashboard_url: ' https://a/x\n' }, field: 'dashboardUrl' },
  {
    name: 'dashboardURL',
    annotations: { dashboardURL: 'https://a/x', __dashboardUid__: 'https://b/' },
    field: 'dashboardUrl',
  },
  { name: 'panel_url', annotations: { panel_url: 'https://a/x' }, field: 'panelUrl' },
];

for (const { name, annotations, field } of URL_SPELLINGS) {
  test(`finds the link in the annotation ${name}`, () => {
    const event = readOne({ annotations });
    assert.deepEqual([event[field], event.bestUrl], ['https://a/x', 'https://a/x']);
  });
}

test("reads Grafana's fields, and leaves them to the unknown ones if they are no text", () => {
  const fields = { dashboardURL: 'https://g/d', panelURL: 'https://g/p', silenceURL: 'https://g/s' };
  const event = readOne({ ...fields, values: { A: 1 } });
  assert.deepEqual(
    [event.dashboardUrl, event.panelUrl, event.silenceUrl],
    ['https://g/d', 'https://g/p', 'https://g/s'],
  );
  assert.deepEqual({ ...event.unknownFields.alert }, { values: { A: 1 } });
  assert.deepEqual({ ...readOne({ panelURL: 7 }).unknownFields.alert }, { panelURL: 7 });
});

test('keeps what it does not know, by where it stood', () => {
  const head = { version: '4' as const, orgId: 1, title: null };
  const event = read(head)({ startsAt: '2026-11-22T10:39:36Z', valueString: 'x' }, ORIGIN);
  assert.deepEqual({ ...event.unknownFields.alert }, { valueString: 'x' });
  assert.deepEqual({ ...event.unknownFields.notification }, { orgId: 1, title: null });
});

test('hands out maps in which only what was sent is found', () => {
  const json =
    '{"version":"4","__proto__":{"x":1},"alerts":[{"startsAt":"2026-11-22T10:39:36Z","labels":{"__proto__":"p"}}]}';
  const { head, alerts } = parsePayload(Buffer.from(json));
  const [alert] = alerts;
  assert.ok(alert);
  const { labels, annotations, groupLabels, unknownFields } = read(head)(alert, ORIGIN);
  assert.deepEqual(Object.entries(labels), [['__proto__', 'p']]);
  assert.deepEqual(Object.keys(unknownFields.notification), ['__proto__']);
  for (const map of [labels, annotations, groupLabels]) assert.equal(map.constructor, undefined);
});

const RECEIVERS: readonly { name: string; sent: string; receiver: string }[] = [
  { name: 'a plain name', sent: 'ops-team_1', receiver: 'ops-team_1' },
  {
    name: 'every sign that Go escapes',
    sent: '\\\\\\.\\+\\*\\?\\(\\)\\|\\[\\]\\{\\}\\^\\$',
    receiver: '\\.+*?()|[]{}^$',
  },
  { name: 'a backslash before a letter', sent: 'a\\b', receiver: 'a\\b' },
];

for (const { name, sent, receiver } of RECEIVERS) {
  test(`unescapes the receiver: ${name}`, () => {
    assert.equal(
      read({ version: '4', receiver: sent })({ startsAt: '2026-11-22T10:39:36Z' }, ORIGIN).receiver,
      receiver,
    );
  });
}

test('never throws on an accepted payload, and always has somewhere to lead', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.constantFrom('__proto__', 'javascript:1', ''),
  );
  const key = fc.oneof(
    text,
    fc.constantFrom('alertname', 'severity', 'runbook', 'dashboard_url', 'summary', 'toString'),
  );
  const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const texts = fc.option(fc.dictionary(key, text));
  const alert = fc.record(
    {
      startsAt: fc.constantFrom('2026-11-22T10:39:36Z', '0001-01-01T00:00:00+14:00'),
      endsAt: fc.constantFrom('', null, '2026-11-22T10:39:36.1+08:00'),
      status: fc.constantFrom('firing', 'resolved', null),
      labels: texts,
      annotations: texts,
      generatorURL: fc.option(text),
      fingerprint: fc.option(text),
      dashboardURL: fc.jsonValue(),
    },
    { requiredKeys: ['startsAt'] },
  );
  const body = fc.record({
    version: fc.constant('4'),
    alerts: fc.array(alert, { minLength: 1, maxLength: 3 }),
    externalURL: maybe(text),
    receiver: maybe(text),
    groupLabels: maybe(texts),
    more: maybe(fc.jsonValue({ maxDepth: 3 })),
  });
  fc.assert(
    fc.property(body, (payload) => {
      const { head, alerts } = parsePayload(Buffer.from(JSON.stringify(payload)));
      for (const accepted of alerts) {
        const event = read(head)(accepted, ORIGIN);
        assert.match(event.bestUrl, /^https?:/i);
        assert.match(event.fingerprint, /^[0-9a-f]{16}$/);
        assert.deepEqual(
          JSON.parse(JSON.stringify(event.labels)),
          JSON.parse(JSON.stringify(accepted.labels ?? {})),
        );
      }
    }),
  );
});

function fixture(file: string): Payload {
  return parsePayload(readFileSync(new URL(file, FIXTURES)));
}

function readOne(fields: Partial<Payload['alerts'][number]>) {
  return read({ version: '4' })({ startsAt: '2026-11-22T10:39:36Z', ...fields }, ORIGIN);
}
