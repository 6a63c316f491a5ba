/** deploy/prometheus/notifierd-rules.yaml under Prometheus' own evaluation: what fires when three replicas tell what they do. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { REQUIREMENTS } from '../support/programs.ts';
import { createTempDir } from '../support/temp-dir.ts';

const RULES = fileURLToPath(new URL('../../deploy/prometheus/notifierd-rules.yaml', import.meta.url));

/** Series in promtool's notation (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/), a value each minute. */
const cases: readonly {
  name: string;
  series: Readonly<Record<string, string>>;
  afterMinutes: number;
  fires: readonly string[];
}[] = [
  {
    name: 'nothing fires while each lane has a holder, whoever that is',
    series: {
      'lane_held{instance="a",sink="ops"}': '1x5 0x60',
      'lane_held{instance="b",sink="ops"}': '0x5 1x60',
      'lane_held{instance="c",sink="ops"}': '0x65',
      'leases_lost_total{instance="a",sink="ops"}': '0x5 1x60',
    },
    afterMinutes: 60,
    fires: [],
  },
  {
    name: 'a lane that no replica drains is told once',
    series: {
      'lane_held{instance="a",sink="ops"}': '1x5 0x10',
      'lane_held{instance="b",sink="ops"}': '0x15',
      'lane_held{instance="b",sink="log"}': '1x15',
    },
    afterMinutes: 10,
    fires: ['{alertname="NotifierdNobodyDrains",sink="ops"}'],
  },
  {
    name: 'a lane that is lost again and again is told, whoever loses it',
    series: {
      'leases_lost_total{instance="a",sink="ops"}': '0x10 1x10 2x10 3x30',
      'leases_lost_total{instance="b",sink="ops"}': '0x15 1x10 2x10 3x30',
    },
    afterMinutes: 50,
    fires: ['{alertname="NotifierdLeasesLost",sink="ops"}'],
  },
  {
    name: 'a dead letter is told that was counted, or that a replica made just before it was killed',
    series: {
      'events_dead_total{instance="a",sink="ops"}': '0x10 1x10',
      'events_dead_total{instance="a",sink="killed"}': '0x20',
      'lane_dead_letters{instance="a",sink="killed"}': '2x90 3x10',
      'lane_dead_letters{instance="b",sink="killed"}': '2x90 3x10',
      'lane_dead_letters{instance="a",sink="old"}': '5x100',
    },
    afterMinutes: 95,
    fires: ['{alertname="NotifierdDeadLetters",sink="killed"}'],
  },
  {
    name: 'a dead letter is told as soon as it is counted',
    series: { 'events_dead_total{instance="a",sink="ops"}': '0x10 1x10' },
    afterMinutes: 12,
    fires: ['{alertname="NotifierdDeadLetters",sink="ops"}'],
  },
  {
    name: 'what all replicas tell of one lane is told once',
    series: {
      'lane_oldest_waiting_seconds{instance="a",sink="ops"}': '1000x30',
      'lane_oldest_waiting_seconds{instance="b",sink="ops"}': '1001x30',
      'lane_blocked{instance="a",sink="ops"}': '1x30',
      'lane_blocked{instance="b",sink="ops"}': '1x30',
    },
    afterMinutes: 20,
    fires: [
      '{alertname="NotifierdEventsWaitLong",sink="ops"}',
      '{alertname="NotifierdLaneBlocked",sink="ops"}',
    ],
  },
  {
    name: 'replicas with different configurations are told after half an hour',
    series: {
      'config_hash{instance="a"}': '281474976710655x60',
      'config_hash{instance="b"}': '281474976710654x60',
    },
    afterMinutes: 40,
    fires: ['{alertname="NotifierdReplicasDiffer"}'],
  },
  {
    name: 'a restart of PostgreSQL fires nothing',
    series: { 'outbox_errors_total{instance="a"}': '0 0 0 20x30' },
    afterMinutes: 8,
    fires: [],
  },
  {
    name: 'a replica that is cut off from PostgreSQL is told, and which one',
    series: {
      'outbox_errors_total{instance="a"}': '0+10x30',
      'outbox_errors_total{instance="b"}': '0x30',
    },
    afterMinutes: 20,
    fires: ['{alertname="NotifierdCannotStore",instance="a"}'],
  },
];

const promtool = REQUIREMENTS.promtool.find();
for (const { name, series, afterMinutes, fires } of cases) {
  test(name, { skip: promtool === undefined && 'promtool is not installed' }, (t) => {
    const { path, remove } = createTempDir();
    t.after(remove);
    const file = join(path, 'test.yml');
    writeFileSync(file, stringify(ruleTest({ series, afterMinutes, fires })));
    const { status, stdout, stderr } = spawnSync(promtool ?? '', ['test', 'rules', file], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
}

function ruleTest({ series, afterMinutes, fires }: Omit<(typeof cases)[number], 'name'>): unknown {
  const present = { series: 'notifierd_build_info{job="notifierd"}', values: '1x100' };
  const told = Object.entries(series).map(([name, values]) => ({
    series: `notifierd_${name.replace('{', '{job="notifierd",')}`,
    values,
  }));
  const expr = 'count by (alertname, sink, instance) (ALERTS{alertstate="firing"})';
  const samples = fires.map((labels) => ({ labels, value: 1 }));
  const query = { expr, eval_time: `${afterMinutes}m`, exp_samples: samples };
  return {
    rule_files: [RULES],
    evaluation_interval: '1m',
    tests: [{ interval: '1m', input_series: [present, ...told], promql_expr_test: [query] }],
  };
}
