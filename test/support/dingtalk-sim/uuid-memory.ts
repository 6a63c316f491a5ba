/**
 * What a robot remembers of one msgUuid: whether the message was shown, or whether a refusal has used the id up. Pure: the old
 * entry in, the new entry out; the simulation keeps a map of them for each robot. How long, and what a refusal does to an id, are
 * settings, because DingTalk documents neither.
 */
import type { SimSettings } from './settings.ts';

/** What is remembered of one id. */
export interface UuidEntry {
  /** When the id was first used, in milliseconds. */
  readonly at: number;
  /** `unseen`: attempts were made, but none has reached the robot. */
  readonly fate: 'shown' | 'refused' | 'unseen';
  /** Some attempt left the sender without a plain answer, so that it must go on with this id. */
  readonly open: boolean;
  /** Hash of the first body that came with the id. */
  readonly bodyHash: string;
}

/** What one more attempt with an id would be. */
export type UuidVerdict = 'new' | 'already_shown' | 'used_up';

/** One attempt's effect on its id. */
export interface UuidUse {
  readonly fate: UuidEntry['fate'];
  readonly open: boolean;
  readonly bodyHash: string;
  readonly now: number;
}

/** What the robot makes of an id with this entry. */
export function recallUuid(entry: UuidEntry | undefined, now: number, settings: SimSettings): UuidVerdict {
  if (entry === undefined || isForgotten(entry, now, settings)) return 'new';
  switch (entry.fate) {
    case 'shown':
      return 'already_shown';
    case 'refused':
      return isUsedUp(entry, settings) ? 'used_up' : 'new';
    default:
      return 'new';
  }
}

/** The entry after an attempt. What was shown stays shown; an id that was once left open stays open. */
export function useUuid(entry: UuidEntry | undefined, use: UuidUse, settings: SimSettings): UuidEntry {
  const { now, ...rest } = use;
  if (entry === undefined || isForgotten(entry, now, settings)) return { at: now, ...rest };
  return { ...entry, fate: laterFate(entry.fate, use.fate), open: entry.open || use.open };
}

/** True if the id came before with another body: a sender must never do that. */
export function isOtherMessage(entry: UuidEntry | undefined, bodyHash: string): boolean {
  return entry !== undefined && entry.bodyHash !== bodyHash;
}

function isForgotten(entry: UuidEntry, now: number, settings: SimSettings): boolean {
  return now >= entry.at + settings.uuidMemoryMs;
}

function isUsedUp(entry: UuidEntry, { refusedUuid }: SimSettings): boolean {
  return refusedUuid === 'consumed' || (refusedUuid === 'consumed_if_all_refused' && !entry.open);
}

function laterFate(before: UuidEntry['fate'], latest: UuidEntry['fate']): UuidEntry['fate'] {
  return before === 'shown' || latest === 'unseen' ? before : latest;
}
