/**
 * The files in deploy/ and the expressions in the docs: metrics that there are, and whatever the vendors' own checkers say where
 * they are installed.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parse } from 'yaml';
import { CATALOGUE } from '../../src/core/telemetry/catalogue.ts';
import { REQUIREMENTS } from '../support/programs.ts';
import { readPages } from './docs-markdown.ts';
import { readTree, type SourceFile } from './source-tree.ts';

const NAMES = new Set(Object.values(CATALOGUE).map(({ name }): string => name));
const DEPLOY = readTree('deploy');
const RULES = 'deploy/prometheus/notifierd-rules.yaml';
const ALERTMANAGER = 'deploy/alertmanager/alertmanager.yml';

test('docs and deploy files name only metrics that there are', () => {
  const strangers = [...readPages(), ...DEPLOY].flatMap(strangersIn);
  assert.deepEqual(strangers, []);
});

test('finds a metric that is not there', () => {
  const text = 'rate(notifierd_delivery_latency_seconds_bucket[1h]) / notifierd_events_lost_total';
  assert.deepEqual(strangersIn({ path: 'a.md', text }), ['a.md: notifierd_events_lost_total']);
});

test('the rules say of each alert how bad it is and what it means', () => {
  // Our own file, of the shape that Prometheus reads.
  const { groups } = parse(textOf(RULES)) as {
    groups: { rules: { alert: string; labels?: object; annotations?: object }[] }[];
  };
  for (const { alert, labels, annotations } of groups.flatMap(({ rules }) => rules)) {
    assert.deepEqual(Object.keys(labels ?? {}), ['severity'], alert);
    assert.deepEqual(Object.keys(annotations ?? {}), ['summary', 'description'], alert);
  }
});

const promtool = REQUIREMENTS.promtool.find();
test('Prometheus takes the rules', { skip: promtool === undefined && 'promtool is not installed' }, () => {
  assertAccepted(promtool ?? '', ['check', 'rules', RULES]);
});

const hasAmtool = spawnSync('amtool', ['--version']).status === 0;
test('Alertmanager takes its example', { skip: !hasAmtool && 'amtool is not installed' }, () => {
  assertAccepted('amtool', ['check-config', ALERTMANAGER]);
});

function strangersIn({ path, text }: SourceFile): readonly string[] {
  return [...text.matchAll(/\bnotifierd_[a-z_]+[a-z]\b(?!\/|\.)/g)]
    .map(([word]) => word)
    .filter((word) => !NAMES.has(word) && !NAMES.has(word.replace(/_(?:bucket|sum|count)$/, '')))
    .map((word) => `${path}: ${word}`);
}

function assertAccepted(program: string, args: readonly string[]): void {
  const cwd = new URL('../../', import.meta.url);
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

function textOf(path: string): string {
  return DEPLOY.find((file) => file.path === path)?.text ?? '';
}
