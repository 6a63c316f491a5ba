/**
 * The chain of real servers without notifierd in it: if this fails, the end-to-end tests say nothing about notifierd.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { startAlertmanager } from './alertmanager.ts';
import { eventually } from './eventually.ts';
import { type PrometheusOptions, promtool, startPrometheus } from './prometheus.ts';
import { startSeries } from './series.ts';

test('a rule fires on a scraped series, Alertmanager posts it, and posts its resolution', async (t) => {
  const webhook = await startWebhook(t);
  const alertmanager = await startAlertmanager({ webhookUrl: webhook.url });
  t.after(() => alertmanager.stop());
  const series = await startSeries();
  t.after(() => series.close());
  const prometheus = await startPrometheus({
    scrape: [{ job: 'test', address: series.address }],
    rules: [
      { alert: 'DiskFull', expr: 'disk_free_bytes < 10', annotations: { summary: '{{ $labels.path }}' } },
    ],
    alertmanagerUrl: alertmanager.url,
    externalUrl: 'http://prometheus.example/prefix',
  });
  t.after(() => prometheus.stop());

  series.set('disk_free_bytes', { path: 'C:\\ "quoted"' }, 5);
  const firing = await eventually('a firing alert', () =>
    webhook.alerts().find((alert) => alert.status === 'firing'),
  );
  assert.equal(firing.annotations.summary, 'C:\\ "quoted"');
  assert.match(firing.generatorURL, /^http:\/\/prometheus\.example\/prefix\/graph\?/);
  assert.deepEqual(
    (await prometheus.query('disk_free_bytes')).map((sample) => sample.value),
    [5],
  );

  series.set('disk_free_bytes', { path: 'C:\\ "quoted"' }, 50);
  await eventually('its resolution', () => webhook.alerts().some((alert) => alert.status === 'resolved'));
});

test('alerts can be posted to Alertmanager without Prometheus', async (t) => {
  const webhook = await startWebhook(t);
  const alertmanager = await startAlertmanager({ webhookUrl: webhook.url });
  t.after(() => alertmanager.stop());
  await alertmanager.postAlerts([{ labels: { alertname: 'Posted' } }]);
  await eventually('the alert', () => webhook.alerts().some((alert) => alert.labels.alertname === 'Posted'));
  await assert.rejects(alertmanager.postAlerts([{ labels: {} }]), /Alertmanager answered 400/);
});

const faulty: readonly { name: string; options: PrometheusOptions; message: RegExp }[] = [
  {
    name: 'a rule',
    options: { rules: [{ alert: 'Broken', expr: 'sum(' }] },
    message: /promtool .*found faults:.*unclosed left parenthesis/s,
  },
  { name: 'an interval', options: { interval: 'soon' }, message: /promtool .*found faults:.*soon/s },
];
for (const { name, options, message } of faulty) {
  test(`promtool's words are shown for ${name} with a fault`, async () => {
    await assert.rejects(startPrometheus(options), message);
  });
}

test('promtool judges metrics from its input', async () => {
  await promtool(['check', 'metrics'], '# HELP up_total Up.\n# TYPE up_total counter\nup_total 1\n');
  await assert.rejects(promtool(['check', 'metrics'], 'no metrics {'), /found faults/);
});

interface WebhookAlert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL: string;
}

async function startWebhook(t: TestContext): Promise<{ url: string; alerts(): readonly WebhookAlert[] }> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    url: `http://127.0.0.1:${address.port}/`,
    alerts: () => bodies.flatMap((body) => JSON.parse(body).alerts),
  };
}
