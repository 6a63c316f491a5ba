/** What other programs post, and what they are told. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { PayloadError } from '../../errors.ts';
import { parsePayload } from './payload.ts';

/** As Grafana 13 posts it: https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/. */
const GRAFANA = {
  receiver: 'oncall-webhook',
  status: 'firing',
  orgId: 1,
  alerts: [{ status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-11-22T18:44:50+08:00' }],
  externalURL: 'https://grafana.example.com/',
  version: '1',
  groupKey: '{}:{alertname="A"}',
  title: '[FIRING:1] A',
  state: 'alerting',
  message: '**Firing**',
};

/** As Grafana 8 posted it. */
const LEGACY = {
  title: '[Alerting] Disk used',
  ruleId: 7,
  ruleName: 'Disk used',
  state: 'alerting',
  evalMatches: [{ value: 98.2, metric: 'disk used', tags: {} }],
  orgId: 1,
  message: 'disk is filling up',
};

const ALERT = {
  labels: { alertname: 'A' },
  annotations: {},
  startsAt: '2026-11-22T10:39:36Z',
  generatorURL: 'http://p/',
};

const CASES = [
  {
    name: "Grafana's webhook",
    document: GRAFANA,
    says: /Grafana's own webhook \(version "1"\); use a contact point of the type Alertmanager/,
  },
  {
    name: "Grafana's webhook without its version",
    document: { ...GRAFANA, version: undefined },
    says: /Grafana's own webhook; use/,
  },
  {
    name: "Grafana's webhook without its organization",
    document: { ...GRAFANA, orgId: undefined },
    says: /Grafana's own webhook \(version "1"\)/,
  },
  { name: "old Grafana's webhook", document: LEGACY, says: /Grafana 8 or older.*unified alerting/ },
  {
    name: "Prometheus's list of alerts",
    document: [ALERT],
    says: /Prometheus's own list of alerts.*send to an Alertmanager/,
  },
  {
    name: 'a CloudEvent',
    document: { specversion: '1.0', id: 'a', type: 'x', source: '/y' },
    says: /a CloudEvent/,
  },
  {
    name: 'an old Alertmanager',
    document: { ...GRAFANA, orgId: undefined, title: undefined, version: '3' },
    says: /version: expected the text "4", got "3"/,
  },
  { name: 'a list of something else', document: [1], says: /expected an object, got a list/ },
  { name: 'an empty object', document: {}, says: /version: expected the text "4", got nothing/ },
];

for (const { name, document, says } of CASES) {
  test(`says what it is: ${name}`, () => {
    assert.throws(
      () => parsePayload(Buffer.from(JSON.stringify(document))),
      (error) => {
        assert.ok(error instanceof PayloadError);
        assert.equal(error.code, 'payload_invalid');
        assert.equal(error.httpStatus, 400);
        assert.match(error.message, /^not an Alertmanager webhook, version 4: /);
        assert.match(error.message, says);
        assert.ok(error.faults.length > 0);
        return true;
      },
    );
  });
}

test("takes Alertmanager's own webhook with fields of the same names", () => {
  const document = { ...GRAFANA, version: '4' };
  assert.equal(parsePayload(Buffer.from(JSON.stringify(document))).alerts.length, 1);
});
