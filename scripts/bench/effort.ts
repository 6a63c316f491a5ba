/** How much a run does: pure. The defaults take some 20 minutes on two cores, `--quick` well below one. */

/** Counts and times of all measures. */
export interface Effort {
  readonly rounds: number;
  /** How long a load is measured. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  /** Alerts in a webhook, each measured by itself. */
  readonly alertCounts: readonly number[];
  /** How long a process idles before its memory is read. */
  readonly idleSeconds: number;
  /** Webhooks posted one at a time. */
  readonly singlePosts: number;
  /** The same, where several replicas are asked in turn. */
  readonly replicaPosts: number;
  /** Writes whose durability is timed. */
  readonly syncs: number;
  readonly scrapes: number;
  /** Events that wait before a drain, or while the event loop is watched. */
  readonly backlog: number;
  /** Events in an outbox, each measured by itself, the first the yardstick of the rest. */
  readonly outboxSizes: readonly number[];
}

/** What a person may choose. */
export interface EffortWish {
  readonly quick: boolean;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly alertCounts?: readonly number[];
}

const WHOLE: Effort = {
  rounds: 3,
  seconds: 3,
  warmUpSeconds: 2,
  connections: 64,
  alertCounts: [1, 10, 100, 1_000],
  idleSeconds: 10,
  singlePosts: 200,
  replicaPosts: 60,
  syncs: 200,
  scrapes: 20,
  backlog: 100_000,
  outboxSizes: [1_000, 100_000, 1_000_000],
};

/** Shows that all works; its figures mean nothing. */
const QUICK: Effort = {
  ...WHOLE,
  rounds: 1,
  seconds: 0.4,
  warmUpSeconds: 0.2,
  alertCounts: [1, 100],
  idleSeconds: 0.3,
  singlePosts: 10,
  replicaPosts: 5,
  syncs: 20,
  scrapes: 3,
  backlog: 2_000,
  outboxSizes: [1_000, 3_000],
};

/** What is wished for, and for the rest the default or what is quick. */
export function effortOf({ quick, rounds, seconds, alertCounts }: EffortWish): Effort {
  const usual = quick ? QUICK : WHOLE;
  return {
    ...usual,
    rounds: rounds ?? usual.rounds,
    seconds: seconds ?? usual.seconds,
    alertCounts: alertCounts ?? usual.alertCounts,
  };
}
