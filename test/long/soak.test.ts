/**
 * Two hours of a robot's life with everything that goes wrong in it: an outage of 20 minutes, a block, a ban of the machine's
 * address, slow answers, answers lost or spoiled by chance, and a kill -9 every few minutes, under a load of alerts that fire and
 * are resolved. Nothing is lost, shown twice, out of order or sent against the limits.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../support/dingtalk-sim/fault.ts';
import { type StormAlert, type StormWebhook, stormAlert } from '../support/storm/load.ts';
import { reportOf } from '../support/storm/report.ts';
import { renderReport } from '../support/storm/words.ts';
import { type StormScene, startStormScene } from '../support/storm.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LASTS_MS = 120 * MINUTE;
const RATE = 30;
/** More than any stretch here has calls. */
const UNTIL_CLEARED = 100_000;

/**
 * No plain refusals among them: one whose answer is killed with the daemon uses up an id that notifierd must go on with
 * (the simulator's `--refused-uuid` says more), and no sender can mend that.
 */
const BY_CHANCE: readonly (Fault & { readonly probability: number })[] = [
  { kind: 'reset_before', probability: 0.05 },
  { kind: 'reset_after', probability: 0.08 },
  { kind: 'truncated', probability: 0.04 },
  { kind: 'html', probability: 0.03 },
  { kind: 'not_json', probability: 0.03 },
  { kind: 'hang_after', ms: 4 * SECOND, probability: 0.04 },
  { kind: 'http', status: 503, probability: 0.05 },
];

interface Happening {
  readonly atMinute: number;
  readonly happen: (scene: StormScene) => Promise<void>;
}

const HAPPENINGS: readonly Happening[] = [
  { atMinute: 8, happen: ({ sim }) => sim.randomizeFaults({ seed: 1, faults: BY_CHANCE }) },
  { atMinute: 18, happen: ({ sim }) => sim.randomizeFaults(null) },
  // The outage: first a proxy that answers in DingTalk's place, then nobody.
  { atMinute: 20, happen: always({ kind: 'http', status: 502 }) },
  { atMinute: 30, happen: always({ kind: 'reset_before' }) },
  { atMinute: 40, happen: ({ sim }) => sim.clearFaults() },
  { atMinute: 50, happen: ({ sim }) => sim.orderFaults([{ kind: 'errcode', errcode: 130101 }]) },
  { atMinute: 70, happen: ({ sim }) => sim.orderFaults([{ kind: 'status1111' }]) },
  { atMinute: 80, happen: always({ kind: 'slow', ms: 8 * SECOND }) },
  { atMinute: 90, happen: ({ sim }) => sim.clearFaults() },
  { atMinute: 94, happen: ({ sim }) => sim.randomizeFaults({ seed: 2, faults: BY_CHANCE }) },
  { atMinute: 114, happen: ({ sim }) => sim.randomizeFaults(null) },
  // Never right after a refusal was ordered: it must have been read.
  ...Array.from({ length: 29 }, (_, index) => ({ atMinute: 3 + index * 4, happen: killAtRandom })),
];

test('two hours of trouble and 29 kills: none lost, none twice, none out of order, within the limit', {
  timeout: 20 * MINUTE,
}, async (t) => {
  const scene = await startStormScene({
    rate: RATE,
    simArgs: ['--refused-uuid', 'consumed_if_all_refused'],
  });
  t.after(() => scene.close());
  const startAt = scene.clock.now();
  const posting = scene.post(mixedLoad());
  for (const { atMinute, happen } of HAPPENINGS.toSorted((a, b) => a.atMinute - b.atMinute)) {
    await sleep(scene.clock.realMs(Math.max(0, startAt + atMinute * MINUTE - scene.clock.now())));
    await happen(scene);
  }
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
  const steady = firing({ everyMs: 20 * SECOND, alertsEach: 3, firstNumber: 0 });
  const bursts = firing({ everyMs: 10 * MINUTE, alertsEach: 60, firstNumber: 500_000 });
  return [...steady, ...steady.map(resolved), ...bursts];
}

function firing(load: {
  readonly everyMs: number;
  readonly alertsEach: number;
  readonly firstNumber: number;
}): StormWebhook[] {
  const { everyMs, alertsEach, firstNumber } = load;
  return Array.from({ length: Math.floor((LASTS_MS - 6 * MINUTE) / everyMs) }, (_, index) => ({
    atMs: index * everyMs,
    group: `team-${firstNumber + index}`,
    alerts: Array.from({ length: alertsEach }, (__, position): StormAlert => {
      const number = firstNumber + index * alertsEach + position;
      return stormAlert(number, number % 10 === 4 ? 'critical' : 'warning', index);
    }),
  }));
}

function resolved({ atMs, group, alerts }: StormWebhook): StormWebhook {
  return {
    atMs: atMs + 5 * MINUTE,
    group,
    alerts: alerts.map((alert) => ({ ...alert, status: 'resolved' })),
  };
}

function always(fault: Fault): Happening['happen'] {
  return async ({ sim }) => {
    await sim.clearFaults();
    await sim.orderFaults([{ ...fault, times: UNTIL_CLEARED }]);
  };
}

async function killAtRandom(scene: StormScene): Promise<void> {
  await sleep(Math.random() * scene.clock.realMs(30 * SECOND));
  await scene.restart();
}
