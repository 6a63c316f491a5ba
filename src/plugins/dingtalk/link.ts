/**
 * The form `link`: one event, one card with a title, a text, a link and perhaps a picture. compose.ts decides when this form is
 * used; fit-link.ts keeps it within its limits.
 */
import type { ComposeContext, Event, Mend, Message } from '../../core/plugin/contract.ts';
import { cleanLine, cleanText, withoutLinks } from './clean-text.ts';
import type { DingtalkConfig } from './config.ts';
import { neutralWordsOf, type Words, wordsOf } from './event-text.ts';
import { fitLink, type LinkParts } from './fit-link.ts';
import { lateMs, lateNote } from './lateness.ts';
import { LARGEST_BODY_BYTES, linkBody } from './message.ts';
import { linksOf, safeLinksOf } from './open-link.ts';
import { pictureOf } from './picture.ts';

/**
 * The message for one event, composed so that what DingTalk refused before (`mends`) is not in it. A late one says so at the end of its
 * text. Pure.
 */
export function composeLink(
  event: Event,
  { mends, now }: Pick<ComposeContext, 'mends' | 'now'>,
  config: DingtalkConfig,
): Message {
  const note = lateNote(lateMs([event], { now, late_after: config.late_after }));
  const parts = { ...mendedWords(event, mends), ...mendedLinks(event, mends, config), note };
  return toMessage(parts, config, bytesFor(mends));
}

/** The simplest message there is, for when composing has failed. Pure. */
export function plainLink(words: Words, url: string, config: DingtalkConfig): Message {
  const title = cleanLine(words.title) || 'Alert';
  const text = cleanText(words.text) || title;
  return toMessage({ title, text, links: [url], picture: '', note: '' }, config, LARGEST_BODY_BYTES);
}

function mendedWords(event: Event, mends: readonly Mend[]): Words {
  if (mends.includes('neutral_text')) return neutralWordsOf(event);
  const words = wordsOf(event);
  if (!mends.includes('without_links')) return words;
  return { title: withoutLinks(words.title), text: withoutLinks(words.text) };
}

/** A picture is an outside link too, so a message without links has none. */
function mendedLinks(
  event: Event,
  mends: readonly Mend[],
  config: DingtalkConfig,
): Pick<LinkParts, 'links' | 'picture'> {
  const refusals = countOf('without_links', mends);
  const hasPicture = refusals === 0 && !mends.includes('without_picture');
  return {
    links: refusals === 0 ? linksOf(event) : safeLinksOf(event, refusals),
    picture: hasPicture ? pictureOf(event, config) : '',
  };
}

/** Room for the frame, a long keyword twice and a sentence: a message is never made smaller. */
const SMALLEST_BODY_BYTES = 2000;

function bytesFor(mends: readonly Mend[]): number {
  return Math.max(SMALLEST_BODY_BYTES, Math.floor(LARGEST_BODY_BYTES / 2 ** countOf('shorter', mends)));
}

function countOf(mend: Mend, mends: readonly Mend[]): number {
  return mends.filter((one) => one === mend).length;
}

function toMessage(parts: LinkParts, config: DingtalkConfig, bytes: number): Message {
  return { form: 'link', body: linkBody(fitLink(parts, config, bytes)), covers: 1 };
}
