/** What lanes tell those who watch: metrics and the log. Nothing in the main line depends on it. */
import type { OpenMessage, Settled, Settlement } from '../outbox/contract.ts';
import type { Budget } from '../plugin/contract.ts';
import type { Outcome } from '../plugin/outcome.ts';

/** Called by lanes as things happen; must not throw. */
export interface LaneObserver {
  attemptEnded(ended: {
    readonly lane: string;
    readonly message: OpenMessage;
    readonly outcome: Outcome;
    readonly settlement: Settlement;
    readonly seconds: number;
  }): void;
  /** The outcome is on record. */
  settled(settled: {
    readonly lane: string;
    readonly settlement: Settlement;
    readonly settled: Settled;
    readonly at: number;
  }): void;
  /** So many percent of a month's calls are used, just now: 70, 90 or 100. */
  monthReached(month: {
    readonly lane: string;
    readonly budget: Budget;
    readonly calls: number;
    readonly percent: number;
  }): void;
  /** Events of the lane have become dead letters because of their age. */
  expired(lane: string, events: number): void;
  /** Events of a lane that cannot deliver wait in the lane of its fallback as well. */
  handedOver(lane: string, to: string, events: number): void;
  /** The plugin's compose() failed; a plain message goes out in its place. */
  composeFailed(lane: string, error: unknown): void;
  /** The plugin's send() threw, which it must not. */
  sendThrew(lane: string, error: unknown): void;
  /** The lane could not go on (the outbox is away); it tries again. `failures` counts in a row, from 1. */
  laneFailed(lane: string, error: unknown, failures: number): void;
}

/** What is told of leases. */
export interface LeaseObserver {
  /** After each claim: what this replica drains, and how many replicas there are. */
  lanesHeld(held: { readonly lanes: readonly string[]; readonly replicas: number }): void;
  /** A lease ended before it could be renewed: another replica may go on. */
  leaseLost(lane: string): void;
  /** The outbox did not answer; it is asked again. `failures` counts in a row, from 1. */
  claimFailed(error: unknown, failures: number): void;
}
