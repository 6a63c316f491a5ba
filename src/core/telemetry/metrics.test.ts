import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REASONS } from '../plugin/outcome.ts';
import { CATALOGUE } from './catalogue.ts';
import { createMetrics, type LaneReading, type Metrics, type MetricsOptions } from './metrics.ts';

const SINKS = [
  { name: 'ops', plugin: 'dingtalk' },
  { name: 'log', plugin: 'console' },
];
const LANE: LaneReading = {
  sink: 'ops',
  waitingEvents: 7,
  oldestWaitingSeconds: 61.5,
  parked: true,
  blocked: false,
  deadLetters: 2,
};

describe('createMetrics', () => {
  it('exposes exactly the metrics of the catalogue, and those of Node', async () => {
    const { body, contentType } = await create().expose();
    assert.match(contentType, /^text\/plain; version=0\.0\.4/);
    const exposed = [...body.matchAll(/^# TYPE (notifierd_\S+) (\S+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    assert.deepEqual(
      exposed.sort(),
      Object.values(CATALOGUE)
        .map(({ name, type }) => `${name} ${type}`)
        .sort(),
    );
    assert.doesNotMatch(body, /^# TYPE \S+_total (?!counter)/m);
    assert.match(body, /^process_resident_memory_bytes \d/m);
    assert.match(body, /^notifierd_build_info\{version="1\.2\.3",node_version="v\d+[^"]*"\} 1$/m);
  });

  it('shows every label set at 0 before anything happens', async () => {
    const { body } = await create().expose();
    for (const { name } of SINKS) {
      for (const metric of Object.values(CATALOGUE)) {
        if (metric.labels.join() !== 'sink') continue;
        const series = metric.type === 'histogram' ? `${metric.name}_count` : metric.name;
        assert.equal(readSeries(body, `${series}{sink="${name}"}`), 0);
      }
      for (const [outcome, reasons] of Object.entries(REASONS)) {
        for (const reason of reasons) {
          const series = `notifierd_attempts_total{sink="${name}",outcome="${outcome}",reason="${reason}"}`;
          assert.equal(readSeries(body, series), 0);
        }
      }
    }
    for (const code of [200, 400, 401, 404, 405, 413, 415, 500, 503]) {
      assert.equal(readSeries(body, `notifierd_webhooks_total{code="${code}"}`), 0);
    }
    assert.equal(readSeries(body, 'notifierd_events_received_total{status="resolved"}'), 0);
  });

  it('has one counter with "delivered" in its name', () => {
    const names = Object.values(CATALOGUE).map((metric) => metric.name);
    assert.deepEqual(
      names.filter((name) => name.includes('delivered')),
      ['notifierd_events_delivered_total'],
    );
  });

  it('names metrics as Prometheus does: a prefix, counters in _total, base units', () => {
    for (const { name, type } of Object.values(CATALOGUE)) {
      assert.match(name, /^notifierd_[a-z_]+$/);
      assert.equal(name.endsWith('_total'), type === 'counter', name);
      assert.equal(name.endsWith('_seconds') || type !== 'histogram', true, name);
    }
  });

  const rows: { name: string; record: (metrics: Metrics) => void; series: string; value: number }[] = [
    {
      name: 'webhooks by code',
      record: (m) => m.webhookAnswered(503, 0.2),
      series: 'webhooks_total{code="503"}',
      value: 1,
    },
    {
      name: 'webhook durations',
      record: (m) => m.webhookAnswered(200, 0.2),
      series: 'webhook_duration_seconds_sum',
      value: 0.2,
    },
    {
      name: 'received events',
      record: (m) => m.eventsReceived('firing', 3),
      series: 'events_received_total{status="firing"}',
      value: 3,
    },
    {
      name: 're-listed events',
      record: (m) => m.eventsRelisted(2),
      series: 'events_relisted_total',
      value: 2,
    },
    {
      name: 'duplicates',
      record: (m) => m.notificationDeduplicated(),
      series: 'notifications_deduplicated_total',
      value: 1,
    },
    {
      name: 'notifications of two clusters on one path',
      record: (m) => m.notificationMixed(),
      series: 'notifications_mixed_total',
      value: 1,
    },
    {
      name: 'unrouted events',
      record: (m) => m.eventsUnrouted(4),
      series: 'events_unrouted_total',
      value: 4,
    },
    {
      name: 'routed events',
      record: (m) => m.eventsRouted('ops', 4),
      series: 'events_routed_total{sink="ops"}',
      value: 4,
    },
    {
      name: 'queued events',
      record: (m) => m.eventsQueued('ops', 4),
      series: 'events_queued_total{sink="ops"}',
      value: 4,
    },
    {
      name: 'delivered events',
      record: (m) => m.eventsDelivered('ops', 2, [1, 90]),
      series: 'events_delivered_total{sink="ops"}',
      value: 2,
    },
    {
      name: 'events handed to a fallback',
      record: (m) => m.eventsHandedOver('ops', 3),
      series: 'events_handed_over_total{sink="ops"}',
      value: 3,
    },
    {
      name: 'latencies',
      record: (m) => m.eventsDelivered('ops', 2, [1, 90]),
      series: 'delivery_latency_seconds_bucket{le="60",sink="ops"}',
      value: 1,
    },
    {
      name: 'dead letters',
      record: (m) => m.eventsDead('log', 1),
      series: 'events_dead_total{sink="log"}',
      value: 1,
    },
    {
      name: 'attempts',
      record: attempt,
      series: 'attempts_total{sink="ops",outcome="retry",reason="timeout"}',
      value: 1,
    },
    {
      name: 'attempt durations',
      record: attempt,
      series: 'attempt_duration_seconds_sum{sink="ops"}',
      value: 5.5,
    },
    {
      name: 'failures to compose',
      record: (m) => m.composeFailed('ops'),
      series: 'compose_errors_total{sink="ops"}',
      value: 1,
    },
    {
      name: 'commits',
      record: (m) => m.commitTook(0.5),
      series: 'outbox_commit_duration_seconds_sum',
      value: 0.5,
    },
    { name: 'outbox errors', record: (m) => m.outboxFailed(), series: 'outbox_errors_total', value: 1 },
    { name: 'the config hash', record: config, series: 'config_hash', value: 0xff0000000001 },
    {
      name: 'the config load time',
      record: config,
      series: 'config_load_timestamp_seconds',
      value: 1_764_000_000.5,
    },
  ];
  for (const { name, record, series, value } of rows) {
    it(`records ${name}`, async () => {
      const metrics = create();
      record(metrics);
      assert.equal(readSeries((await metrics.expose()).body, `notifierd_${series}`), value);
    });
  }

  it('reads the lanes anew at each scrape', async () => {
    let readings: LaneReading[] = [{ ...LANE, lastSuccessAt: 1_764_000_000_500 }];
    const metrics = create({ readLanes: async () => readings });
    const first = (await metrics.expose()).body;
    assert.equal(readSeries(first, 'notifierd_lane_waiting_events{sink="ops"}'), 7);
    assert.equal(readSeries(first, 'notifierd_lane_oldest_waiting_seconds{sink="ops"}'), 61.5);
    assert.equal(readSeries(first, 'notifierd_lane_parked{sink="ops"}'), 1);
    assert.equal(readSeries(first, 'notifierd_lane_blocked{sink="ops"}'), 0);
    assert.equal(readSeries(first, 'notifierd_lane_dead_letters{sink="ops"}'), 2);
    assert.equal(
      readSeries(first, 'notifierd_lane_last_success_timestamp_seconds{sink="ops"}'),
      1_764_000_000.5,
    );
    readings = [];
    assert.equal(readSeries((await metrics.expose()).body, 'notifierd_lane_waiting_events{sink="ops"}'), 0);
  });

  const broken: { name: string; readLanes: MetricsOptions['readLanes'] }[] = [
    { name: 'fails', readLanes: () => Promise.reject(new Error('disk full')) },
    {
      name: 'throws',
      readLanes: () => {
        throw new Error('closed');
      },
    },
    { name: 'hangs', readLanes: () => new Promise(() => undefined) },
  ];
  for (const { name, readLanes } of broken) {
    it(`answers with the last known lanes when reading them ${name}`, async (t) => {
      // Node's time-out signals do not keep the process alive, which a test without a socket needs.
      const alive = setInterval(() => undefined, 1000);
      t.after(() => clearInterval(alive));
      let read: MetricsOptions['readLanes'] = async () => [LANE];
      const metrics = create({ readLanes: () => read(), laneReadTimeoutMs: 20 });
      await metrics.expose();
      read = readLanes;
      const { body } = await metrics.expose();
      assert.equal(readSeries(body, 'notifierd_lane_waiting_events{sink="ops"}'), 7);
      assert.equal(readSeries(body, 'notifierd_scrape_errors_total'), 1);
    });
  }

  it('lives twice in one process', async () => {
    const [one, two] = [create(), create()];
    one.outboxFailed();
    assert.equal(readSeries((await two.expose()).body, 'notifierd_outbox_errors_total'), 0);
  });
});

function create(options: Partial<MetricsOptions> = {}): Metrics {
  return createMetrics({ sinks: SINKS, version: '1.2.3', readLanes: async () => [], ...options });
}

function attempt(metrics: Metrics): void {
  metrics.attemptEnded({ sink: 'ops', outcome: 'retry', reason: 'timeout', seconds: 5.5 });
}

function config(metrics: Metrics): void {
  metrics.configLoaded({ hash: `ff0000000001${'ab'.repeat(26)}`, at: 1_764_000_000_500 });
}

function readSeries(body: string, series: string): number {
  const line = body.split('\n').find((each) => each.startsWith(`${series} `));
  assert.ok(line, `${series} is not exposed`);
  return Number(line.slice(series.length + 1));
}
