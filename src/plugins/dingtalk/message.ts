/**
 * The JSON that the robot takes: what is sealed (without an id) and what is sent (with it). The id goes in at the last moment,
 * so that a message that must be sent under a fresh id need not be composed again.
 * https://open.dingtalk.com/document/development/robot-message-type (2026-05-15)
 */
import type { SealedMessage } from '../../core/plugin/contract.ts';

/** Inside of a `link` message. The spelling is DingTalk's; other message types spell the same fields otherwise. */
export interface LinkCard {
  readonly title: string;
  readonly text: string;
  readonly messageUrl: string;
  readonly picUrl: string;
}

/**
 * Largest body that is sent, in bytes. DingTalk refuses more than 20 000 (errcode 460101) and does not say whether it counts the
 * raw body; the difference is our safety. https://github.com/feiyu563/PrometheusAlert/issues/318
 */
export const LARGEST_BODY_BYTES = 18_000;

/** A `link` message without an id. */
export function linkBody(card: LinkCard): string {
  return JSON.stringify({ msgtype: 'link', link: card });
}

/** Inside of a `markdown` message. The title is shown in the list of chats and in the push notice only. */
export interface MarkdownCard {
  readonly title: string;
  readonly text: string;
}

/** A `markdown` message without an id. */
export function markdownBody(card: MarkdownCard): string {
  return JSON.stringify({ msgtype: 'markdown', markdown: card });
}

/** One picture with a title of a `feedCard` message: where a click on it leads. The spelling is DingTalk's. */
export interface FeedEntry {
  readonly title: string;
  readonly messageURL: string;
  readonly picURL: string;
}

/** A `feedCard` message without an id. */
export function feedCardBody(links: readonly FeedEntry[]): string {
  return JSON.stringify({ msgtype: 'feedCard', feedCard: { links } });
}

/**
 * The exact request body: the sealed one with `msgUuid`, DingTalk's idempotency key, as its second key.
 * https://open.dingtalk.com/document/development/custom-robots-send-group-messages (2026-07-14)
 */
export function renderBody({ id, body }: Pick<SealedMessage, 'id' | 'body'>): string {
  // Sealed bodies are only ever written by this plugin, each with a msgtype.
  const { msgtype, ...content } = JSON.parse(body) as { msgtype: string };
  return JSON.stringify({ msgtype, msgUuid: id, ...content });
}

/** Bytes of the request for a body that has no id yet: every id is a UUID, and they are all of one length. */
export function bytesAsSent(body: string): number {
  return Buffer.byteLength(renderBody({ id: '00000000-0000-0000-0000-000000000000', body }));
}
