/** The whole way with real servers: series, Prometheus, Alertmanager, notifierd, DingTalk (simulated), and Prometheus again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { type Prometheus, promtool, startPrometheus } from '../support/prometheus.ts';
import { type SeriesServer, startSeries } from '../support/series.ts';
import { type SimProcess, startSimProcess } from '../support/sim-process.ts';

const OPENABLE = 'http://203.0.113.10:30027/';

let series: SeriesServer;
let sim: SimProcess;
let daemon: Daemon;
let alertmanager: Alertmanager;
let prometheus: Prometheus;

before(async () => {
  series = await startSeries();
  sim = await startSimProcess({ robots: ['name=ops,token=e2e-token,secret=SEC-e2e,keyword=ALARM'] });
  daemon = await startDaemon({
    config: {
      links: { prometheus_url: OPENABLE },
      sinks: {
        ops: {
          plugin: 'dingtalk',
          endpoint: sim.url,
          access_token: 'e2e-token',
          secret: 'SEC-e2e',
          keyword: 'ALARM',
        },
      },
    },
  });
  alertmanager = await startAlertmanager({ webhookUrl: `${daemon.url}/` });
  prometheus = await startPrometheus({
    alertmanagerUrl: alertmanager.url,
    externalUrl: 'http://prometheus-k8s-0:9090/prometheus',
    scrape: [
      { job: 'disks', address: series.address },
      { job: 'notifierd', address: new URL(daemon.url).host },
    ],
    rules: [
      {
        alert: 'DiskFull',
        expr: 'disk_used_ratio > 0.9',
        labels: { severity: 'critical' },
        annotations: { description: '{{ $labels.disk }} is {{ $value | humanizePercentage }} full' },
      },
    ],
  });
});

after(async () => {
  await prometheus?.stop();
  await alertmanager?.stop();
  await daemon?.stop();
  await sim?.stop();
  await series?.close();
});

test('rules fire on real series, and the group sees each alert once, then its resolution', async () => {
  series.set('disk_used_ratio', { disk: 'sda' }, 0.97);
  series.set('disk_used_ratio', { disk: 'sdb' }, 0.95);
  const firing = await eventually('both alerts are in the group', async () => {
    const messages = await sim.messages('ops');
    return messages.length >= 2 && messages;
  });
  assert.deepEqual(firing.map((message) => message.title).sort(), ['ALARM DiskFull', 'ALARM DiskFull']);
  assert.deepEqual(firing.map((message) => message.text).sort(), [
    'firing: sda is 97% full ALARM',
    'firing: sdb is 95% full ALARM',
  ]);
  const expression = 'graph?g0.expr=disk_used_ratio+%3E+0.9&g0.tab=1';
  for (const { url } of firing) assert.equal(url, `${OPENABLE}${expression}`);

  series.set('disk_used_ratio', { disk: 'sda' }, 0.5);
  series.set('disk_used_ratio', { disk: 'sdb' }, 0.5);
  await eventually('both resolutions are in the group', async () => (await sim.messages('ops')).length >= 4);
  const texts = (await sim.messages('ops')).map((message) => message.text);
  assert.deepEqual(texts.slice(2).sort(), [
    'resolved: sda is 97% full ALARM',
    'resolved: sdb is 95% full ALARM',
  ]);
  // Alertmanager lists resolved alerts again with whatever comes next: they must not appear again.
  series.set('disk_used_ratio', { disk: 'sdc' }, 0.99);
  await eventually('the third alert is in the group', async () => (await sim.messages('ops')).length >= 5);
  const [, , , , fifth, ...more] = await sim.messages('ops');
  assert.deepEqual([fifth?.text, more], ['firing: sdc is 99% full ALARM', []]);
  assert.deepEqual(await sim.violations(), []);
});

test('Prometheus scrapes what notifierd says of it, and promtool has nothing to object', async () => {
  const delivered = await eventually('Prometheus has scraped five deliveries', async () => {
    const [sample] = await prometheus.query('notifierd_events_delivered_total{sink="ops"}');
    return sample !== undefined && sample.value >= 5 && sample;
  });
  assert.equal(delivered.value, 5);
  const sums = async (expr: string) => (await prometheus.query(expr))[0]?.value;
  assert.equal(await sums('sum(notifierd_lane_waiting_events)'), 0);
  assert.equal(await sums('sum(notifierd_events_dead_total)'), 0);
  assert.equal(await sums('sum(notifierd_attempts_total{outcome!="delivered"})'), 0);
  assert.ok(((await sums('notifierd_lane_last_success_timestamp_seconds')) ?? 0) > Date.now() / 1000 - 600);
  const page = await (await fetch(`${daemon.url}/metrics`)).text();
  assert.match(page, /^nodejs_heap_size_used_bytes /m);
  assert.equal(await promtool(['check', 'metrics'], page), '');
});
