/**
 * What happens to a daemon and its robot in the course of a long test, and when: faults that begin and end, kills, a host that is gone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../dingtalk-sim/fault.ts';
import type { StormScene } from '../storm.ts';

/** One thing that happens. */
export interface Happening {
  /** Minutes of the clock after the load began. */
  readonly atMinute: number;
  readonly happen: (scene: StormScene) => Promise<void>;
}

/** When kills come. Not at once after a refusal was ordered: it must have been read (see BY_CHANCE). */
export interface Kills {
  readonly count: number;
  readonly fromMinute: number;
  readonly everyMinutes: number;
  /** Each comes at a random moment of so many minutes. */
  readonly withinMinutes: number;
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
/** More than any stretch of a test has calls. */
const UNTIL_CLEARED = 100_000;

/**
 * Answers spoiled or lost by chance. No plain refusals among them: one whose answer is killed with the daemon uses up an id that notifierd
 * must go on with (the simulator's `--refused-uuid` says more), and no sender can mend that.
 */
export const BY_CHANCE: readonly (Fault & { readonly probability: number })[] = [
  { kind: 'reset_before', probability: 0.05 },
  { kind: 'reset_after', probability: 0.08 },
  { kind: 'truncated', probability: 0.04 },
  { kind: 'html', probability: 0.03 },
  { kind: 'not_json', probability: 0.03 },
  { kind: 'hang_after', ms: 4 * SECOND_MS, probability: 0.04 },
  { kind: 'http', status: 503, probability: 0.05 },
];

/** Lets all of it happen, one after the other, each at its time or as soon after it as the one before is done. */
export async function playHappenings(
  scene: StormScene,
  happenings: readonly Happening[],
  startAt: number,
): Promise<void> {
  const { clock } = scene;
  for (const { atMinute, happen } of happenings.toSorted((a, b) => a.atMinute - b.atMinute)) {
    await sleep(clock.realMs(Math.max(0, startAt + atMinute * MINUTE_MS - clock.now())));
    await happen(scene);
  }
}

/** From now on every call meets this fault, until others are ordered in its place or all are cleared. */
export function always(fault: Fault): Happening['happen'] {
  return async ({ sim }) => {
    await sim.clearFaults();
    await sim.orderFaults([{ ...fault, times: UNTIL_CLEARED }]);
  };
}

/** The next call meets this fault. */
export function once(fault: Fault): Happening['happen'] {
  return ({ sim }) => sim.orderFaults([fault]);
}

/** No call meets an ordered fault any more. */
export const clear: Happening['happen'] = ({ sim }) => sim.clearFaults();

/** Faults by chance, the same for the same seed; without faults they end. */
export function byChance(
  seed: number,
  faults: readonly (Fault & { readonly probability: number })[] = [],
): Happening['happen'] {
  return ({ sim }) => sim.randomizeFaults(faults.length === 0 ? null : { seed, faults });
}

/** SIGKILL and a new start, again and again. */
export function kills({ count, fromMinute, everyMinutes, withinMinutes }: Kills): readonly Happening[] {
  return Array.from({ length: count }, (_, index) => ({
    atMinute: fromMinute + index * everyMinutes + Math.random() * withinMinutes,
    happen: (scene) => scene.restart(),
  }));
}
