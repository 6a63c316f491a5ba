/**
 * Whether webhooks can be accepted now: the outbox answers and notifierd is not stopping. It also tells which lanes are held, with cause
 * and cure, which deliver nothing, and which have dead letters. They do not make it unready: a channel that is down must not take the
 * intake down.
 */
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { LaneReading, Outbox } from '../outbox/contract.ts';
import type { Readiness } from './lifecycle.ts';

/** What the answer depends on. */
export interface ReadinessOptions {
  readonly outbox: Pick<Outbox, 'readLanes' | 'checkWritable'>;
  readonly clock: Clock;
  /** Why the latest webhook could not be stored, if that was a moment ago. */
  refusal(): string | undefined;
  /** Aborts when notifierd begins to stop. */
  readonly stopping: AbortSignal;
}

/** Well below the usual time-out of a probe. */
const ANSWER_WITHIN_MS = 800;

/** Never rejects, and answers within a second. */
export async function checkReadiness(options: ReadinessOptions): Promise<Readiness> {
  const { outbox, clock, stopping } = options;
  if (stopping.aborted) return { ready: false, detail: ['stopping'] };
  const refusal = options.refusal();
  if (refusal !== undefined) return { ready: false, detail: [refusal] };
  const answered = new AbortController();
  const readings = await Promise.race([
    readOutbox(outbox),
    clock.wait(ANSWER_WITHIN_MS, answered.signal).then(() => undefined),
  ]);
  answered.abort();
  if (readings === undefined) return { ready: false, detail: ['the outbox does not answer'] };
  if (readings instanceof Error) return { ready: false, detail: [readings.message] };
  const now = clock.now();
  const lines = (reading: LaneReading): string[] => [
    ...holdLines(reading, now),
    ...failureLines(reading, now),
    ...deadLetterLines(reading),
  ];
  return { ready: true, detail: readings.flatMap(lines) };
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

/** What a hold explains is said there. */
function failureLines({ lane, trouble, waitingEvents }: LaneReading, now: number): string[] {
  if (trouble === undefined || trouble.endedAt !== undefined || trouble.cause !== 'outage') return [];
  const { since, retryAt, toAll } = trouble;
  const begun = `sink ${lane} delivers nothing since ${new Date(since).toISOString()}`;
  const next = retryAt > now ? `at ${new Date(retryAt).toISOString()}` : 'due';
  const rest = `${waitingEvents} events wait, the next try is ${next}`;
  return toAll === undefined
    ? [`${begun}, its channel cannot be reached or does not answer as it should, ${rest}: the log says why`]
    : [
        `${begun}, every message fails (${toAll.reason}), ${rest}: ${toAll.detail}; docs/errors.md says what to do about ${toAll.reason}`,
      ];
}

function deadLetterLines({ lane, deadLetters, lastDeadLetter }: LaneReading): string[] {
  if (lastDeadLetter === undefined) return [];
  const { diedAt, reason } = lastDeadLetter;
  const letters = deadLetters === 1 ? '1 dead letter' : `${deadLetters} dead letters`;
  return [
    `sink ${lane} has ${letters}, the latest of ${new Date(diedAt).toISOString()} (${reason}): look at them with notifierd dead-letters list --sink ${lane}, then retry or drop them`,
  ];
}
