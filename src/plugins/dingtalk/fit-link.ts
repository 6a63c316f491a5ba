/**
 * Fits the parts of a `link` message into the bytes it may have: half of them at most for the link, an eighth for the title, a
 * sixteenth for the picture, and all that is left for the text. Mark, note and keyword are added after the cut, so that they survive. Pure.
 */
import type { DingtalkConfig } from './config.ts';
import type { Words } from './event-text.ts';
import { bytesAsSent, type LinkCard, linkBody } from './message.ts';
import { HARMLESS_LINK, openLink } from './open-link.ts';
import { jsonBytes, shorten } from './shorten.ts';

/** What a `link` message is made of: cleaned words, links with the best first, and a picture, a mark and a note, each or an empty text. */
export interface LinkParts extends Words {
  readonly links: readonly string[];
  readonly picture: string;
  /** The beginning of the text, with a blank after it. At most 100 bytes: every message has room for it. */
  readonly mark: string;
  /** The end of the text, with a blank before it. At most 100 bytes in the smallest message, 300 in one of full size. */
  readonly note: string;
}

/** What of the configuration decides how the parts are fitted. */
export type FitConfig = Pick<DingtalkConfig, 'keyword' | 'link_open' | 'title_chars' | 'text_chars'>;

/** Room for the frame, the largest link, title and picture, a long keyword twice, a mark, a note and some words. */
export const SMALLEST_BODY_BYTES = 2500;

/** A card whose message takes at most `bytes` as sent, id included; `bytes` is never less than SMALLEST_BODY_BYTES. */
export function fitLink(parts: LinkParts, config: FitConfig, bytes: number): LinkCard {
  const { keyword } = config;
  const { mark, note } = parts;
  const titleRoom = { chars: limitOf(config.title_chars), bytes: bytes / 8 };
  const title = withKeyword(shorten(parts.title, titleRoom, 'ellipsis'), keyword, 'before');
  const messageUrl = linkThatFits(parts.links, config, bytes / 2);
  const picUrl = jsonBytes(parts.picture) <= bytes / 16 ? parts.picture : '';

  const taken =
    bytesAsSent(linkBody({ title, text: '', messageUrl, picUrl })) + jsonBytes(`${mark}${note} ${keyword}`);
  const textRoom = { chars: limitOf(config.text_chars), bytes: bytes - taken };
  const text = withKeyword(mark + shorten(parts.text, textRoom, 'count') + note, keyword, 'after');
  return { title, text, messageUrl, picUrl };
}

function limitOf(chars: number): number {
  return chars === 0 ? Number.POSITIVE_INFINITY : chars;
}

/** The best link that fits, opened as configured or, if only that fits, plain; the harmless one when none does. */
function linkThatFits(links: readonly string[], { link_open }: FitConfig, bytes: number): string {
  const ways = links.map((link) => link.toWellFormed()).flatMap((link) => [openLink(link, link_open), link]);
  return ways.find((link) => link !== '' && jsonBytes(link) <= bytes) ?? HARMLESS_LINK;
}

/**
 * Which fields the keyword filter reads is not documented: title and text both carry it, as in the Jenkins plugin.
 * https://github.com/jenkinsci/dingtalk-plugin
 */
function withKeyword(text: string, keyword: string, side: 'before' | 'after'): string {
  if (text.includes(keyword)) return text;
  return side === 'before' ? `${keyword} ${text}` : `${text} ${keyword}`;
}
