/** Says that a message tells of an event in another sink's place: who reads it must see that this group is only its fallback. Pure. */
import type { Event } from '../../core/plugin/contract.ts';

/** `[for ops-group, which cannot deliver this]`; empty for a sink's own event. Not yet safe in markdown. */
export function standInMark({ insteadOf }: Pick<Event, 'insteadOf'>): string {
  return insteadOf === undefined ? '' : `[for ${insteadOf}, which cannot deliver this]`;
}
