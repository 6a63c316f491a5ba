/**
 * Gathering: pure. Once starts are scarce, a message that could hold more events is worth waiting for: a little for the worst
 * severity, longer for the rest.
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
  readonly pace: Pace | undefined;
  /** Starts of the window that are used up, over all lanes of the credential. */
  readonly spentStarts: number;
  /** More events could join the message. */
  readonly open: boolean;
  /** When the oldest waiting event was received. */
  readonly oldestAt: number;
  /** Rank of the event that leads the message; 0 is critical. */
  readonly rank: number;
}

/** From this part of the window's starts on, they are scarce. */
const SCARCE_FROM = 1 / 3;

/** When the message may leave; in the past or now for one that is not kept back. */
export function leaveAt(
  { pace, spentStarts, open, oldestAt, rank }: Gathering,
  config: GatherConfig,
): number {
  if (!open || pace === undefined || spentStarts < pace.starts * SCARCE_FROM) return oldestAt;
  return oldestAt + (rank === 0 ? config.gatherCriticalMs : config.gatherMs);
}
