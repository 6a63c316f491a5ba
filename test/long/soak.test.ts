/**
 * Two hours of a robot's life with everything that goes wrong in it: an outage of 20 minutes, a block, a ban of the machine's
 * address, slow answers, answers lost or spoiled by chance, and a kill -9 every few minutes, under a load of alerts that fire and
 * are resolved. Nothing is lost, shown twice, out of order or sent against the limits.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  always,
  BY_CHANCE,
  byChance,
  clear,
  type Happening,
  kills,
  once,
  playHappenings,
} from '../support/storm/happenings.ts';
import { firing, resolved } from '../support/storm/lives.ts';
import type { StormWebhook } from '../support/storm/load.ts';
import { reportOf } from '../support/storm/report.ts';
import { renderReport } from '../support/storm/words.ts';
import { startStormScene } from '../support/storm.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LASTS_MS = 120 * MINUTE;
const RATE = 30;
const KILLS = 29;

const HAPPENINGS: readonly Happening[] = [
  { atMinute: 8, happen: byChance(1, BY_CHANCE) },
  { atMinute: 18, happen: byChance(1) },
  // The outage: first a proxy that answers in DingTalk's place, then nobody.
  { atMinute: 20, happen: always({ kind: 'http', status: 502 }) },
  { atMinute: 30, happen: always({ kind: 'reset_before' }) },
  { atMinute: 40, happen: clear },
  { atMinute: 50, happen: once({ kind: 'errcode', errcode: 130101 }) },
  { atMinute: 70, happen: once({ kind: 'status1111' }) },
  { atMinute: 80, happen: always({ kind: 'slow', ms: 8 * SECOND }) },
  { atMinute: 90, happen: clear },
  { atMinute: 94, happen: byChance(2, BY_CHANCE) },
  { atMinute: 114, happen: byChance(2) },
  ...kills({ count: KILLS, fromMinute: 3, everyMinutes: 4, withinMinutes: 0.5 }),
];

test(`two hours of trouble and ${KILLS} kills: none lost, none twice, none out of order, within the limit`, {
  timeout: 20 * MINUTE,
}, async (t) => {
  const scene = await startStormScene({
    rate: RATE,
    simArgs: ['--refused-uuid', 'consumed_if_all_refused'],
  });
  t.after(() => scene.close());
  const startAt = scene.clock.now();
  const posting = scene.post(mixedLoad());
  await playHappenings(scene, HAPPENINGS, startAt);
  const posted = await posting;
  await scene.drained(60 * MINUTE);
  const report = reportOf(await scene.records(posted));
  const { counts } = await scene.sim.state();
  for (const line of renderReport(report)) t.diagnostic(line);
  t.diagnostic(
    `calls: ${counts.shown} shown, ${counts.duplicate} copies dropped by msgUuid, ${counts.refused} refused, ${counts.unseen} unseen`,
  );
  assert.deepEqual(report.lost, []);
  assert.deepEqual(report.twice, []);
  assert.deepEqual(report.overtaken, []);
  assert.deepEqual(report.violations, []);
  assert.equal(counts.swallowed, 0);
});

/** Three alerts every 20 s, resolved 5 min later, and a burst of 60 every 10 min; every tenth is critical. */
function mixedLoad(): readonly StormWebhook[] {
  const steady = every(20 * SECOND, { alerts: 3, firstNumber: 0 });
  const bursts = every(10 * MINUTE, { alerts: 60, firstNumber: 500_000 });
  return [...steady, ...steady.map((webhook) => resolved(webhook, 5 * MINUTE)), ...bursts];
}

function every(
  gapMs: number,
  { alerts, firstNumber }: { readonly alerts: number; readonly firstNumber: number },
): StormWebhook[] {
  return Array.from({ length: Math.floor((LASTS_MS - 6 * MINUTE) / gapMs) }, (_, index) =>
    firing({ atMs: index * gapMs, index, firstNumber: firstNumber + index * alerts, alerts, critical: 4 }),
  );
}
