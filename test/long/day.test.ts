/**
 * A day of a robot's life on a fast clock: alerts that come and go with the hours of the day, bursts, a storm, an outage of two hours, a
 * token that is refused for forty minutes and works again without a restart, a ban of the machine's address, a robot that asks for less,
 * an hour of slow answers, answers spoiled by chance, and a kill -9 about every twenty minutes. Nothing is lost, shown twice, out of
 * order or sent against the limits. It takes 24 minutes and a machine with two cores to itself; DAY_HOURS=3 makes all of it, but
 * for the kills, an eighth as long.
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
import { reportOf, type StormReport } from '../support/storm/report.ts';
import { renderReport } from '../support/storm/words.ts';
import { startStormScene } from '../support/storm.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const RATE = 60;
const LASTS_MS = Number(process.env.DAY_HOURS ?? 24) * HOUR;
/** One hour of the day, in minutes of the clock. */
const HOUR_MINUTES = LASTS_MS / 24 / MINUTE;
const KILL_EVERY_MINUTES = 20;

/** Spans in which nobody can be told in time, in hours of the day, each with what it takes the lane to notice its end and catch up. */
const TROUBLES: readonly { readonly from: number; readonly to: number }[] = [
  { from: 1, to: 1.75 },
  { from: 2, to: 4.5 },
  { from: 6, to: 6.75 + 30 / HOUR_MINUTES },
  { from: 8, to: 8 + 20 / HOUR_MINUTES },
  { from: 10, to: 10 + 20 / HOUR_MINUTES },
  { from: 18, to: 18.75 },
];

const SLOW_ANSWERS = [5, 6, 7, 8, 9].map((seconds) => ({
  kind: 'slow' as const,
  ms: seconds * SECOND,
  probability: 0.2,
}));

const DAY: readonly { readonly atHour: number; readonly happen: Happening['happen'] }[] = [
  { atHour: 1, happen: byChance(1, BY_CHANCE) },
  { atHour: 1.6, happen: byChance(1) },
  // The outage: nobody there, then connections that break, then a proxy that answers in DingTalk's place.
  { atHour: 2, happen: async ({ gate }) => await gate?.close() },
  { atHour: 2.6, happen: always({ kind: 'reset_before' }) },
  { atHour: 2.7, happen: async ({ gate }) => await gate?.open() },
  { atHour: 3.4, happen: always({ kind: 'http', status: 502 }) },
  { atHour: 4, happen: clear },
  // For forty minutes the token does not exist.
  { atHour: 6, happen: always({ kind: 'errcode', errcode: 300005 }) },
  { atHour: 6.67, happen: clear },
  { atHour: 8, happen: once({ kind: 'status1111' }) },
  { atHour: 10, happen: once({ kind: 'errcode', errcode: 130101 }) },
  { atHour: 12, happen: byChance(3, SLOW_ANSWERS) },
  { atHour: 13, happen: byChance(3) },
  { atHour: 18, happen: byChance(2, BY_CHANCE) },
  { atHour: 18.6, happen: byChance(2) },
];

const KILLS = kills({
  count: Math.floor(LASTS_MS / MINUTE / KILL_EVERY_MINUTES),
  fromMinute: 4,
  everyMinutes: KILL_EVERY_MINUTES,
  withinMinutes: KILL_EVERY_MINUTES - 5,
});

test(`${LASTS_MS / HOUR} hours and ${KILLS.length} kills: none lost, none twice, none out of order, within the limit`, {
  timeout: 60 * MINUTE,
}, async (t) => {
  const scene = await startStormScene({
    rate: RATE,
    simArgs: ['--refused-uuid', 'consumed_if_all_refused'],
    gated: true,
  });
  t.after(() => scene.close());
  const startAt = scene.clock.now();
  const posting = scene.post([...trickle(), ...bursts(), ...storm()]);
  const happenings = DAY.map(({ atHour, happen }) => ({ atMinute: atHour * HOUR_MINUTES, happen }));
  await playHappenings(scene, [...happenings, ...KILLS], startAt);
  const posted = await posting;
  await scene.drained(2 * HOUR);
  const report = reportOf(await scene.records(posted));
  const { counts } = await scene.sim.state();
  for (const line of renderReport(report)) t.diagnostic(line);
  t.diagnostic(
    `slowest critical alert outside of the troubles: ${(slowestInPeace(report, startAt) / SECOND).toFixed(1)} s`,
  );
  t.diagnostic(
    `calls: ${counts.shown} shown, ${counts.duplicate} copies dropped by msgUuid, ${counts.refused} refused, ${counts.unseen} unseen`,
  );
  assert.deepEqual(report.lost, []);
  assert.deepEqual(report.twice, []);
  assert.deepEqual(report.overtaken, []);
  assert.deepEqual(report.violations, []);
  assert.equal(counts.swallowed, 0);
});

/** One to three alerts, every half minute in the afternoon and every four minutes at night; each ends five minutes to an hour later. */
function trickle(): readonly StormWebhook[] {
  const webhooks: StormWebhook[] = [];
  let firstNumber = 0;
  for (let atMs = 0, index = 0; atMs < LASTS_MS; index++) {
    const alerts = 1 + (index % 3);
    webhooks.push(firing({ atMs, index, firstNumber, alerts, critical: 4 }));
    firstNumber += alerts;
    atMs += gapAt(atMs);
  }
  return [
    ...webhooks,
    ...webhooks.map((webhook, index) => resolved(webhook, (5 + (index % 12) * 5) * MINUTE)),
  ];
}

/** The load is heaviest at 14:00. */
function gapAt(atMs: number): number {
  const hour = (atMs / LASTS_MS) * 24;
  const calm = (1 - Math.cos(((hour - 14) / 24) * 2 * Math.PI)) / 2;
  return (30 + 210 * calm) * SECOND;
}

/** Every 90 minutes ten webhooks of ten alerts in a minute, over half an hour later. */
function bursts(): readonly StormWebhook[] {
  return Array.from({ length: Math.floor(LASTS_MS / (90 * MINUTE)) }, (_, burst) =>
    salvo({ atMs: (burst + 0.5) * 90 * MINUTE, firstNumber: 500_000 + burst * 100, webhooks: 10 }),
  ).flat();
}

/** A thousand alerts in a minute, at three in the afternoon. */
function storm(): readonly StormWebhook[] {
  return salvo({ atMs: 15 * HOUR_MINUTES * MINUTE, firstNumber: 800_000, webhooks: 100 });
}

function salvo(load: {
  readonly atMs: number;
  readonly firstNumber: number;
  readonly webhooks: number;
}): StormWebhook[] {
  const webhooks = Array.from({ length: load.webhooks }, (_, index) =>
    firing({
      atMs: load.atMs + (MINUTE / load.webhooks) * index,
      index,
      firstNumber: load.firstNumber + index * 10,
      alerts: 10,
      critical: 7,
    }),
  );
  return [...webhooks, ...webhooks.map((webhook) => resolved(webhook, 30 * MINUTE))];
}

function slowestInPeace({ criticalWaits }: StormReport, startAt: number): number {
  const hourOf = (at: number): number => ((at - startAt) / LASTS_MS) * 24;
  const inPeace = criticalWaits.filter(
    ({ arrivedAt }) => !TROUBLES.some(({ from, to }) => hourOf(arrivedAt) >= from && hourOf(arrivedAt) < to),
  );
  return Math.max(0, ...inPeace.map(({ waitMs }) => waitMs));
}
