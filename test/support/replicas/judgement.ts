/**
 * The judgement over a stage, when all has drained: what was acknowledged was shown, once, in order and within the limits, whatever
 * happened; and the outbox's own books say the same.
 */
import assert from 'node:assert/strict';
import { type PostedWebhook, reportOf, type StormReport } from '../storm/report.ts';
import type { Stage } from './stage.ts';

/** Fails unless all of it holds for all that was posted; the figures for whoever wants to print them. */
export async function judge(stage: Stage, posted: readonly PostedWebhook[]): Promise<StormReport> {
  const { sim } = stage;
  const [messages, requests] = [await sim.messages(), await sim.requests()];
  const report = reportOf({ posted, messages, requests, violations: await sim.violations() });
  assert.deepEqual(report.lost, [], 'acknowledged, and shown nowhere');
  assert.deepEqual(report.twice, [], 'shown twice');
  assert.deepEqual(report.overtaken, [], 'the end of an alert was shown before its beginning');
  await judgeBooks(stage);
  return report;
}

/** The same for a stage whose alerts are judged by the test itself: limits, books, and no replica that ended by itself. */
export async function judgeBooks({ sim, query, replicas }: Stage): Promise<void> {
  assert.deepEqual(await sim.violations(), []);
  assert.equal((await sim.state()).counts.swallowed, 0);
  assert.deepEqual(
    replicas.flatMap((replica) => replica.crashes()),
    [],
  );
  assert.deepEqual(await query(BOOKS), [
    { waiting: 0, runs: 0, unsettled: 0, dead: 0, under_way: 0, pending: 0, owed: 0 },
  ]);
}

const BOOKS = `
  SELECT
    (SELECT coalesce(sum(waiting), 0)::int FROM lane) AS waiting,
    (SELECT count(*)::int FROM run) AS runs,
    (SELECT count(*)::int FROM message WHERE settled_at IS NULL) AS unsettled,
    (SELECT count(*)::int FROM message WHERE state = 'dead') AS dead,
    (SELECT count(*)::int FROM attempt WHERE ended_at IS NULL) AS under_way,
    (SELECT count(*)::int FROM notification WHERE pending <> 0) AS pending,
    (SELECT count(*)::int FROM notification WHERE settled_at IS NULL) AS owed`;
