/** Starting on an outbox that others use: it may be held up by them, or be away, for a moment, and that is waited for. */
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { Log } from '../plugin/contract.ts';
import { OUTBOX_BACKOFF } from './attempt.ts';
import { backoffMs } from './backoff.ts';

/** What waiting needs. */
export interface WaitingOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Does it again until the outbox can be used. Rejects with whatever else is wrong, or once `signal` aborts. */
export async function untilAvailable(
  work: () => Promise<void>,
  { clock, log, signal }: WaitingOptions,
): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnavailableError) || signal.aborted) throw error;
      if (failures === 1) log.warn('the outbox cannot be used yet, trying again', { error });
      await clock.wait(backoffMs(OUTBOX_BACKOFF, failures, 1), signal);
    }
  }
}
