/**
 * The form `link`: one event, one card with a title, a text, a link and perhaps a picture. compose.ts decides when this form is
 * used; fit-link.ts keeps it within its limits.
 */
import type { ComposeContext, Event, Mend, Message } from '../../core/plugin/contract.ts';
import { cleanLine, cleanText, withoutLinks } from './clean-text.ts';
import type { DingtalkConfig, DingtalkSettings } from './config.ts';
import { sourceText } from './entry-words.ts';
import { neutralWordsOf, type Words, wordsOf } from './event-text.ts';
import { fitLink, type LinkParts, SMALLEST_BODY_BYTES } from './fit-link.ts';
import { lateMs, lateNote } from './lateness.ts';
import { expiredNote } from './left-out.ts';
import { LARGEST_BODY_BYTES, linkBody } from './message.ts';
import { linksOf, safeLinksOf } from './open-link.ts';
import { pictureOf } from './picture.ts';
import { standInMark } from './stand-in.ts';

/** What a link depends on beside its event and the settings. */
export type LinkContext = Pick<ComposeContext, 'mends' | 'now' | 'delayedBy' | 'expired'>;

/**
 * The message for one event, composed so that what DingTalk refused before (`mends`) is not in it. One that stands in for another sink
 * says so at the beginning of its text; at the end it says how late it is, and how many alerts expired. Pure.
 */
export function composeLink(event: Event, context: LinkContext, settings: DingtalkSettings): Message {
  const { mends, now, delayedBy } = context;
  // A message that was refused once says only what it must: it is small, and a later one can tell of the expired.
  const expired = mends.length === 0 ? (context.expired ?? 0) : 0;
  const late = lateNote(lateMs([event], { now, late_after: settings.late_after }), delayedBy);
  const mark = standInMark(event);
  const parts: LinkParts = {
    ...mendedWords(event, mends),
    ...mendedLinks(event, mends, settings),
    mark: mark === '' ? '' : `${mark} `,
    note: sourceNote(event, mends) + late + expiredNote(expired, settings.sink),
  };
  const message = toMessage(parts, settings, bytesFor(mends));
  return expired > 0 ? { ...message, tellsExpired: true } : message;
}

/** The simplest message there is, for when composing has failed. Pure. */
export function plainLink(words: Words, url: string, config: DingtalkConfig): Message {
  const title = cleanLine(words.title) || 'Alert';
  const text = cleanText(words.text) || title;
  const parts: LinkParts = { title, text, links: [url], picture: '', mark: '', note: '' };
  return toMessage(parts, config, LARGEST_BODY_BYTES);
}

function mendedWords(event: Event, mends: readonly Mend[]): Words {
  if (mends.includes('neutral_text')) return neutralWordsOf(event);
  const words = wordsOf(event);
  if (!mends.includes('without_links')) return words;
  return { title: withoutLinks(words.title), text: withoutLinks(words.text) };
}

/** Two clusters may have alerts with equal labels: the end of one must not read like the end of the other. */
function sourceNote(event: Event, mends: readonly Mend[]): string {
  const from = mends.includes('neutral_text') ? '' : sourceText(event);
  return from === '' ? '' : ` (${from})`;
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

/** Half of what is allowed for each refusal as too large. */
function bytesFor(mends: readonly Mend[]): number {
  return Math.max(SMALLEST_BODY_BYTES, Math.floor(LARGEST_BODY_BYTES / 2 ** countOf('shorter', mends)));
}

function countOf(mend: Mend, mends: readonly Mend[]): number {
  return mends.filter((one) => one === mend).length;
}

function toMessage(parts: LinkParts, config: DingtalkConfig, bytes: number): Message {
  return { form: 'link', body: linkBody(fitLink(parts, config, bytes)), covers: 1 };
}
