/** Why an event comes late: pure. Read from what the outbox knows of the lane's last trouble. */
import type { Trouble } from '../outbox/contract.ts';
import type { DelayCause } from '../plugin/contract.ts';

/** What the answer depends on. */
export interface Delay {
  /** When the event was received. */
  readonly receivedAt: number;
  readonly trouble: Trouble | undefined;
  /** The channel has a pace. */
  readonly isPaced: boolean;
  /** When this lane's worker began. */
  readonly startedAt: number;
}

/**
 * Trouble while the event waited; else the pace, if there is one. `undefined` if neither explains it: for what waited while notifierd was
 * not there, nobody knows.
 */
export function delayCause({ receivedAt, trouble, isPaced, startedAt }: Delay): DelayCause | undefined {
  if (trouble !== undefined && (trouble.endedAt === undefined || trouble.endedAt > receivedAt))
    return trouble.cause;
  return isPaced && receivedAt >= startedAt ? 'limit' : undefined;
}
