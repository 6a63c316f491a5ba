/**
 * Says honestly when a message comes late: an event that waited for the pace, an outage or a restart is not news, and who reads it
 * must see that. digest.ts and link.ts put it into their texts. Pure.
 */
import type { Event } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { delayRangeText } from './duration-text.ts';

/** When a wait is worth a word: `now` in milliseconds since the Unix epoch, and the configured threshold (0: never). */
export interface LateRule extends Pick<DingtalkConfig, 'late_after'> {
  readonly now: number;
}

/**
 * Milliseconds that the longest waiting of these events has waited since notifierd accepted it; 0 if that is not more than
 * `late_after`, or lies in the future.
 */
export function lateMs(events: readonly Pick<Event, 'receivedAt'>[], { now, late_after }: LateRule): number {
  const waitedMs = events.reduce((most, { receivedAt }) => Math.max(most, now - receivedAt), 0);
  return late_after > 0 && waitedMs > late_after ? waitedMs : 0;
}

/** `delivered 12 min late`, or `delivered 2 to 12 min late` if these waits differ; empty if one of them is 0, or there is none. */
export function lateText(waitsMs: readonly number[]): string {
  const [least, most] = waitsMs.reduce(
    ([low, high], ms) => [Math.min(low, ms), Math.max(high, ms)],
    [Number.POSITIVE_INFINITY, 0],
  );
  return least > 0 && most > 0 ? `delivered ${delayRangeText(least, most)} late` : '';
}

/** ` (delivered 12 min late)`, to stand at the end of a text; empty for 0. */
export function lateNote(waitMs: number): string {
  return waitMs > 0 ? ` (${lateText([waitMs])})` : '';
}
