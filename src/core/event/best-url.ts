/**
 * Which of an event's links a click on its message should open. The order is public: docs/configuration.md states it.
 */

/** The links that a message can lead to, by the event's field, from best to last resort. */
export const BEST_URL_ORDER = [
  'generatorUrl',
  'dashboardUrl',
  'panelUrl',
  'runbookUrl',
  'externalUrl',
] as const;

/** The links of an event, as far as it has them. */
export type EventUrls = { readonly [Field in (typeof BEST_URL_ORDER)[number]]?: string | undefined };

/** The first link of `BEST_URL_ORDER` that the event has, else `fallbackUrl`. */
export function bestUrl(urls: EventUrls, fallbackUrl: string): string {
  for (const field of BEST_URL_ORDER) {
    const url = urls[field];
    if (url !== undefined) return url;
  }
  return fallbackUrl;
}
