/** Why events of a sink wait although nothing is wrong with them: said once for each lane, above its events. Pure. */
import type { Hold, LaneReading } from '../../core/outbox/contract.ts';
import { escapeUnsafe } from '../../core/telemetry/visible.ts';
import { instant } from '../dead-letters/letter.ts';
import { counted } from '../dead-letters/letter-text.ts';

/** What the text depends on beside the lanes. */
export interface StandstillContext {
  readonly now: number;
  /** Names of the sinks that a notifierd with this configuration works for. */
  readonly drained: readonly string[];
}

/** A line, with its end, for each hold and for each lane that nobody works on; empty if there is none. */
export function renderStandstills(lanes: readonly LaneReading[], context: StandstillContext): string {
  return lanes.flatMap((lane) => [...unattended(lane, context), ...held(lane, context)]).join('');
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
    const detail = escapeUnsafe(hold.detail.replace(/\s+/g, ' '));
    return `${whose} is ${hold.kind} until ${instant(hold.until)} (${hold.reason})${waits}: ${detail}\n`;
  });
}

/** A blocked one stays so until something goes through; a parked one is free when its time is over. */
function isActive({ kind, until }: Hold, now: number): boolean {
  return kind === 'blocked' || until > now;
}

function waiting(events: number): string {
  return `${counted(events, 'event')} ${events === 1 ? 'waits' : 'wait'}`;
}
