/**
 * Says honestly when a message comes late, and why: an event that waited for the pace, an outage or a mended setting is not news, and
 * who reads it must see that. The texts of all forms have it from here. Pure.
 */
import type { ComposeContext, DelayCause, Event } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { delayRangeText } from './duration-text.ts';

/** When a wait is worth a word: `now` in milliseconds since the Unix epoch, and the configured threshold (0: never). */
export type LateRule = Pick<DingtalkConfig, 'late_after'> & Pick<ComposeContext, 'now'>;

/**
 * Milliseconds that the longest waiting of these events has waited since notifierd accepted it; 0 if that is not more than
 * `late_after`, or lies in the future.
 */
export function lateMs(events: readonly Pick<Event, 'receivedAt'>[], { now, late_after }: LateRule): number {
  const waitedMs = events.reduce((most, { receivedAt }) => Math.max(most, now - receivedAt), 0);
  return late_after > 0 && waitedMs > late_after ? waitedMs : 0;
}

/**
 * For the head of a message with all of these waits: `delivered 2 to 12 min late (DingTalk's limit)`. If some are 0, only that some
 * are late and why, for then each says for itself how much; empty if nothing is late, or nobody knows why some are.
 */
export function lateText(waitsMs: readonly number[], delayedBy: DelayCause | undefined): string {
  const lateMs = waitsMs.filter((ms) => ms > 0);
  if (lateMs.length === 0) return '';
  const cause = delayedBy === undefined ? '' : ` (${CAUSES[delayedBy]})`;
  if (lateMs.length === waitsMs.length) return `${delivered(lateMs)}${cause}`;
  return cause === '' ? '' : `some delivered late${cause}`;
}

/** ` (delivered 12 min late: DingTalk's limit)`, to stand at the end of a text; empty for 0. */
export function lateNote(waitMs: number, delayedBy: DelayCause | undefined): string {
  const cause = delayedBy === undefined ? '' : `: ${CAUSES[delayedBy]}`;
  return waitMs > 0 ? ` (${delivered([waitMs])}${cause})` : '';
}

const CAUSES: Readonly<Record<DelayCause, string>> = {
  limit: "DingTalk's limit",
  outage: 'DingTalk could not be reached',
  setting: 'a setting had to be mended',
};

function delivered(waitsMs: readonly number[]): string {
  const [least, most] = waitsMs.reduce(
    ([low, high], ms) => [Math.min(low, ms), Math.max(high, ms)],
    [Number.POSITIVE_INFINITY, 0],
  );
  return `delivered ${delayRangeText(least, most)} late`;
}
