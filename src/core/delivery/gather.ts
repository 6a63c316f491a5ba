/**
 * Gathering and spreading: pure. Once starts are scarce, a message that could hold more events is worth waiting for; and while critical
 * events keep coming, the starts that are left are spread over the window, so that none of them finds it used up.
 */
import type { Pace } from '../plugin/contract.ts';

/** How long the oldest event of a message that could hold more may be kept back. */
export interface GatherConfig {
  readonly gatherMs: number;
  /** The same for a message led by a critical event. */
  readonly gatherCriticalMs: number;
}

/** What the decision depends on. */
export interface Gathering {
  readonly pace: Pick<Pace, 'starts' | 'windowMs'> | undefined;
  /** The starts that the window counts, over all lanes of the credential, oldest first. */
  readonly starts: readonly number[];
  /** How many more this message's kind may start. */
  readonly freeStarts: number;
  /** More events could join the message. */
  readonly open: boolean;
  /** When the oldest waiting event was received. */
  readonly oldestAt: number;
  /** Rank of the event that leads the message; 0 is critical. */
  readonly rank: number;
  /** When the lane last sent a message that a critical event led. */
  readonly lastCriticalAt: number | undefined;
  /** How much the month's calls must be saved, from 0 to 1. */
  readonly thrift: number;
}

/** From this part of the window's starts on, an open message is kept back. */
const GATHER_FROM = 1 / 3;
/** From this part on, the rest is spread while critical events come. */
const SPREAD_FROM = 1 / 2;

/** With no call left in the month, a message is kept back for so many times longer, and once more. */
const PATIENCE = 5;

/** When the message may leave; in the past or now for one that is not kept back. */
export function leaveAt(gathering: Gathering, config: GatherConfig): number {
  return Math.max(gatheredAt(gathering, config), spreadAt(gathering));
}

function gatheredAt(gathering: Gathering, config: GatherConfig): number {
  const { pace, starts, open, oldestAt, rank, thrift } = gathering;
  if (!open || pace === undefined || starts.length < pace.starts * GATHER_FROM * (1 - thrift))
    return oldestAt;
  // A month that runs out is worth some patience, but not with what is critical.
  const gatherMs = config.gatherMs * (1 + thrift * PATIENCE);
  return oldestAt + (rank === 0 ? config.gatherCriticalMs : gatherMs);
}

/**
 * The free starts divide the time until the window frees another one. A critical event only keeps that distance from the one before:
 * the first of them never waits. Lesser events keep it from any start.
 */
function spreadAt({ pace, starts, freeStarts, oldestAt, rank, lastCriticalAt }: Gathering): number {
  const [first] = starts;
  const last = starts.at(-1);
  if (pace === undefined || first === undefined || last === undefined || lastCriticalAt === undefined)
    return oldestAt;
  if (starts.length < pace.starts * SPREAD_FROM || lastCriticalAt < first) return oldestAt;
  const distanceMs = (first + pace.windowMs - last) / (freeStarts + 1);
  return (rank === 0 ? lastCriticalAt : last) + distanceMs;
}
