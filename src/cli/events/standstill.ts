/** Why events of a sink wait although nothing is wrong with them: said once for each lane, above its events. Pure. */
import type { Hold, LaneReading } from '../../core/outbox/contract.ts';
import { counted, instant, oneLine, waiting } from '../wording.ts';

/** What the text depends on beside the lanes. */
export interface StandstillContext {
  readonly now: number;
  /** Names of the sinks that a notifierd with this configuration works for. */
  readonly drained: readonly string[];
}

/** A line, with its end, for each hold, each outage and each lane that nobody works on; empty if there is none. */
export function renderStandstills(lanes: readonly LaneReading[], context: StandstillContext): string {
  return lanes
    .flatMap((lane) => [...unattended(lane, context), ...held(lane, context), ...inOutage(lane, context)])
    .join('');
}

function unattended({ lane, waitingEvents }: LaneReading, { drained }: StandstillContext): string[] {
  if (waitingEvents === 0 || drained.includes(lane)) return [];
  return [
    `${lane} is no enabled sink of this configuration, ${waiting(waitingEvents)}: enable a sink of this name to get them out\n`,
  ];
}

function held(
  { lane, waitingEvents, credentials, holds }: LaneReading,
  { now }: StandstillContext,
): string[] {
  const active = holds.filter((hold) => isActive(hold, now));
  const all = active.length >= credentials;
  return active.map((hold) => {
    const whose = credentials > 1 ? `one of the ${credentials} credentials of ${lane}` : lane;
    const waits = all ? `, ${waiting(waitingEvents)}` : '';
    return `${whose} is ${hold.kind} until ${instant(hold.until)} (${hold.reason})${waits}: ${oneLine(hold.detail)}\n`;
  });
}

/** A blocked one stays so until something goes through; a parked one is free when its time is over. */
function isActive({ kind, until }: Hold, now: number): boolean {
  return kind === 'blocked' || until > now;
}

/** What is in trouble for another reason has a hold, which says more. */
function inOutage(
  { lane, waitingEvents, trouble }: LaneReading,
  { now, drained }: StandstillContext,
): string[] {
  if (trouble?.cause !== 'outage' || trouble.endedAt !== undefined || !drained.includes(lane)) return [];
  const { since, failures, retryAt, toAll } = trouble;
  const next = retryAt > now ? `at ${instant(retryAt)}` : 'due';
  // Its fallback may have told all that waited: then nothing is left to try with.
  const when = waitingEvents === 0 ? 'when something comes' : next;
  const why = toAll === undefined ? '' : `every message fails (${toAll.reason}, ${oneLine(toAll.detail)}), `;
  return [
    `${lane} gets nothing through since ${instant(since)} (outage), ${waiting(waitingEvents)}: ${why}${counted(failures, 'failed attempt')}, the next is ${when}\n`,
  ];
}
