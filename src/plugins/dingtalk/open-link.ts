/** Where a click on a message leads: which of an event's links, and in which window. Pure. */
import type { Event } from '../../core/event/event.ts';
import type { LinkOpen } from './config.ts';

/** Shown when no link may or can be used: a `link` message must have one, and DingTalk trusts its own site. */
export const HARMLESS_LINK = 'https://www.dingtalk.com/';

/**
 * The link in the client's own scheme that opens it in the browser or the side panel; unchanged for `plain` and for all that is
 * not http or https. The address is encoded exactly once.
 * https://open.dingtalk.com/document/development/message-link-description (2025-09-10)
 */
export function openLink(url: string, open: LinkOpen): string {
  if (open === 'plain' || !/^https?:\/\//i.test(url)) return url;
  const inSidePanel = open === 'side_panel';
  return `dingtalk://dingtalkclient/page/link?url=${encodeURIComponent(url)}&pc_slide=${inSidePanel}`;
}

/** An event's links, the best first, each once: the next is taken where one is too long. */
export function linksOf(event: Event): readonly string[] {
  const { bestUrl, panelUrl, dashboardUrl, generatorUrl, externalUrl, runbookUrl } = event;
  const links = [bestUrl, panelUrl, dashboardUrl, generatorUrl, externalUrl, runbookUrl];
  return [...new Set(links.filter((url) => url !== undefined))];
}

/**
 * The links for an event whose link DingTalk refused as unsafe: Alertmanager's address, if that is not what was refused, and the
 * second time nothing but the harmless one.
 */
export function safeLinksOf(event: Event, refusals: number): readonly string[] {
  if (refusals > 1 || event.externalUrl === undefined || event.externalUrl === event.bestUrl) return [];
  return [event.externalUrl];
}
