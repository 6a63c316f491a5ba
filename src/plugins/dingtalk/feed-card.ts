/**
 * The form `feed_card`: many events in one message, each a picture with a title to click on, in place of the digest where a sink asks for
 * it (https://open.dingtalk.com/document/development/robot-message-type, 2026-05-15). feed-title.ts says what stands in a title; this
 * file packs the entries. Pure.
 */
import type { ComposeContext, Event, Message } from '../../core/plugin/contract.ts';
import type { DingtalkSettings } from './config.ts';
import { type Entry, entriesOf } from './digest-entry.ts';
import { openedLink } from './entry-words.ts';
import { feedTitles } from './feed-title.ts';
import { largestCount } from './largest-count.ts';
import { expiredText } from './left-out.ts';
import { bytesAsSent, type FeedEntry, feedCardBody, LARGEST_BODY_BYTES } from './message.ts';
import { HARMLESS_LINK, linksOf } from './open-link.ts';
import { pictureOf } from './picture.ts';

/** What a feed card depends on beside its events and the settings. */
export type FeedContext = Pick<ComposeContext, 'now' | 'delayedBy' | 'expired'>;

/** DingTalk names no limit; phones are said to show no more than nine: https://github.com/zhuifengshen/DingtalkChatbot/issues/64. */
export const ENTRIES_PER_CARD = 8;

/**
 * A message for the first of these events, as many as eight entries and its bytes hold; open if those are all and an entry is left.
 * `undefined` if not even two events fit: then a single message for the first one says more.
 */
export function composeFeedCard(
  events: readonly Event[],
  context: FeedContext,
  settings: DingtalkSettings,
): Message | undefined {
  const linksFor = (count: number): readonly FeedEntry[] =>
    feedOf(entriesOf(events.slice(0, count)), context, settings);
  const covers = largestCount(events.length, (count) => fits(linksFor(count)));
  if (covers < 2) return undefined;
  const links = linksFor(covers);
  const open = covers === events.length && links.length < ENTRIES_PER_CARD;
  const message = { form: 'feed_card', body: feedCardBody(links), covers, open };
  return (context.expired ?? 0) > 0 ? { ...message, tellsExpired: true } : message;
}

function fits(links: readonly FeedEntry[]): boolean {
  return links.length <= ENTRIES_PER_CARD && bytesAsSent(feedCardBody(links)) <= LARGEST_BODY_BYTES;
}

function feedOf(
  entries: readonly Entry[],
  context: FeedContext,
  settings: DingtalkSettings,
): readonly FeedEntry[] {
  const titles = feedTitles(entries, context, settings);
  const links = entries.map(({ event }, index) => ({
    title: titles[index] ?? '',
    messageURL: openedLink(linksOf(event), settings.link_open) || HARMLESS_LINK,
    picURL: pictureOf(event, settings) || settings.pic_url,
  }));
  return [...links, ...expiredLinks(context.expired ?? 0, entries, settings)];
}

/** A title is all that an entry says, so the alerts that expired have an entry of their own; it leads to Alertmanager. */
function expiredLinks(
  expired: number,
  entries: readonly Entry[],
  { sink, link_open, pic_url }: DingtalkSettings,
): readonly FeedEntry[] {
  if (expired === 0) return [];
  const url = entries[0]?.event.externalUrl;
  const link = url === undefined ? '' : openedLink([url], link_open);
  return [{ title: expiredText(expired, sink), messageURL: link || HARMLESS_LINK, picURL: pic_url }];
}
