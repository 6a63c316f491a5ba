/** Which picture a message carries: the most specific that the configuration names. Pure. */
import type { Event } from '../../core/event/event.ts';
import { ownValue } from '../../core/event/own-value.ts';
import { SEVERITIES } from '../../core/event/severity.ts';
import type { DingtalkConfig } from './config.ts';

const STATUSES = ['firing', 'resolved'] as const;

/** Every key that `pic_urls` may have. */
export const PICTURE_KEYS: ReadonlySet<string> = new Set([
  ...STATUSES,
  ...SEVERITIES,
  ...STATUSES.flatMap((status) => SEVERITIES.map((severity) => `${status}/${severity}`)),
]);

/**
 * The picture for an event, empty for none. First wins: `status/severity`, `resolved`, the severity, `firing`, `pic_url`.
 * `resolved` goes before the severity, for a red picture on a resolved alert would mislead.
 */
export function pictureOf(event: Pick<Event, 'status' | 'severity'>, config: DingtalkConfig): string {
  const { status, severity } = event;
  const keys = [
    `${status}/${severity}`,
    ...(status === 'resolved' ? [status, severity] : [severity, status]),
  ];
  const urls = keys.map((key) => ownValue(config.pic_urls, key));
  return urls.find((url) => url !== undefined) ?? config.pic_url;
}
