import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownMessage, SimRequest } from '../dingtalk-sim/records.ts';
import { type StormAlert, stormAlert } from './load.ts';
import { type PostedWebhook, reportOf } from './report.ts';

function posted(begunAt: number, alerts: readonly StormAlert[]): PostedWebhook {
  return { begunAt, webhook: { atMs: 0, group: 'team-1', alerts } };
}

function shown(shownAt: number, lines: readonly string[], bytes = 9_000): ShownMessage {
  return {
    msgtype: 'markdown',
    title: 'title',
    text: lines.map((line) => `- ${line}`).join('\n'),
    url: null,
    links: [],
    robot: 'ops',
    shownAt,
    msgUuid: null,
    bytes,
  };
}

function call(at: number): SimRequest {
  return {
    at,
    robot: 'ops',
    method: 'POST',
    msgUuid: null,
    bytes: 9_000,
    result: 'shown',
    shown: true,
    httpStatus: 200,
    errcode: 0,
    fault: null,
  };
}

const [one, two, critical] = [
  stormAlert(1, 'warning', 0),
  stormAlert(2, 'warning', 0),
  stormAlert(3, 'critical', 0),
];

test('finds what was lost, what was shown twice, and an end that came before its beginning', () => {
  const ended: StormAlert = { ...two, status: 'resolved' };
  const report = reportOf({
    posted: [posted(1_000, [one, two, critical]), posted(2_000, [ended])],
    messages: [
      shown(3_000, ['firing m000001', 'resolved m000002']),
      shown(4_000, ['firing m000001', 'firing m000002']),
    ],
    requests: [],
    violations: [],
  });
  assert.equal(report.alerts, 4);
  assert.deepEqual(report.lost, ['firing m000003']);
  assert.deepEqual(report.twice, ['firing m000001']);
  assert.deepEqual(report.overtaken, ['m000002']);
});

test('counts from the first and the last webhook to the last alert, and for critical ones from their own', () => {
  const report = reportOf({
    posted: [posted(1_000, [one]), posted(5_000, [critical])],
    messages: [shown(12_000, ['firing m000001']), shown(9_000, ['firing m000003'])],
    requests: [],
    violations: [],
  });
  assert.equal(report.sinceFirstMs, 11_000);
  assert.equal(report.sinceLastMs, 7_000);
  assert.deepEqual(report.critical, { count: 1, medianMs: 4_000, slowestMs: 4_000 });
  assert.deepEqual(
    report.sends.map(({ atMs, criticals }) => [atMs, criticals]),
    [
      [8_000, 1],
      [11_000, 0],
    ],
  );
});

test('the least number of messages is that of their bytes at 18,000 each, rounded up', () => {
  const report = reportOf({
    posted: [posted(0, [one, two])],
    messages: [shown(1, ['firing m000001'], 18_000), shown(2, ['firing m000002'], 1)],
    requests: [],
    violations: [],
  });
  assert.equal(report.leastByBytes, 2);
});

test('the most calls in 60 s count a call that is exactly 60 s old', () => {
  const at = (instants: readonly number[]): number =>
    reportOf({
      posted: [posted(0, [one])],
      messages: [shown(1, ['firing m000001'])],
      requests: instants.map(call),
      violations: [],
    }).mostIn60s;
  assert.equal(at([0, 30_000, 60_000]), 3);
  assert.equal(at([0, 30_000, 60_001]), 2);
});
