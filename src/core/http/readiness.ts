/**
 * Whether webhooks can be accepted now: the outbox answers and notifierd is not stopping. Lanes that are held are told as well, with
 * cause and cure, but do not make it unready: a channel that is down must not take the intake down.
 */
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { LaneReading, Outbox } from '../outbox/contract.ts';
import type { Readiness } from './lifecycle.ts';

/** What the answer depends on. */
export interface ReadinessOptions {
  readonly outbox: Pick<Outbox, 'readLanes' | 'checkWritable'>;
  readonly clock: Clock;
  /** Aborts when notifierd begins to stop. */
  readonly stopping: AbortSignal;
}

/** Well below the usual time-out of a probe. */
const ANSWER_WITHIN_MS = 800;

/** Never rejects, and answers within a second. */
export async function checkReadiness({ outbox, clock, stopping }: ReadinessOptions): Promise<Readiness> {
  if (stopping.aborted) return { ready: false, detail: ['stopping'] };
  const answered = new AbortController();
  const readings = await Promise.race([
    readOutbox(outbox),
    clock.wait(ANSWER_WITHIN_MS, answered.signal).then(() => undefined),
  ]);
  answered.abort();
  if (readings === undefined) return { ready: false, detail: ['the outbox does not answer'] };
  if (readings instanceof Error) return { ready: false, detail: [readings.message] };
  return { ready: true, detail: readings.flatMap((reading) => holdLines(reading, clock.now())) };
}

/** A message of ours says what is wrong and holds no secret; anything else would only be noise. */
async function readOutbox(
  outbox: ReadinessOptions['outbox'],
): Promise<readonly LaneReading[] | Error | undefined> {
  try {
    await outbox.checkWritable();
    return await outbox.readLanes();
  } catch (error) {
    return error instanceof UnavailableError ? error : undefined;
  }
}

function holdLines({ lane, holds, credentials, waitingEvents }: LaneReading, now: number): string[] {
  const which = credentials > 1 ? `one of the ${credentials} credentials of sink ${lane}` : `sink ${lane}`;
  return holds
    .filter((hold) => hold.kind === 'blocked' || hold.until > now)
    .map(({ kind, until, reason, detail }) => {
      const time = new Date(until).toISOString();
      return `${which} is ${kind} until ${time} (${reason}), ${waitingEvents} events wait: ${detail}`;
    });
}
