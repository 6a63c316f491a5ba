/** Retention: removes what is old enough from the outbox, a little at a time, so that nobody waits for it. */
import type { Clock } from './clock.ts';
import type { Outbox } from './outbox/contract.ts';
import type { Log } from './plugin/contract.ts';

/** What retention needs. */
export interface RetentionOptions {
  readonly outbox: Pick<Outbox, 'prune'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How long delivered messages are kept. */
  readonly retentionMs: number;
  readonly deadLetterRetentionMs: number;
}

/** Between two rounds. */
const ROUND_MS = 10 * 60_000;
/** Between two batches of a round, so that appends come in between. */
const PAUSE_MS = 50;
/** Rows of a kind in a batch: about a millisecond of work each time. */
const BATCH = 200;

/** Runs until `signal` aborts; a failed round is logged and the next one tries again. Never rejects. */
export async function runRetention(options: RetentionOptions, signal: AbortSignal): Promise<void> {
  const { clock, log } = options;
  while (!signal.aborted) {
    try {
      await pruneAll(options, signal);
    } catch (error) {
      if (!signal.aborted) log.warn('old entries could not be removed from the outbox', { error });
    }
    await clock.wait(ROUND_MS, signal);
  }
}

async function pruneAll(options: RetentionOptions, signal: AbortSignal): Promise<void> {
  const { outbox, clock, retentionMs, deadLetterRetentionMs } = options;
  const now = clock.now();
  const request = { settledBefore: now - retentionMs, deadBefore: now - deadLetterRetentionMs, batch: BATCH };
  while (!signal.aborted && (await outbox.prune(request)) > 0) await clock.wait(PAUSE_MS, signal);
}
