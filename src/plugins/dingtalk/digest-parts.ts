/**
 * What a digest's text is put together from: an event's name, labels, words and link, each cleaned, cut and safe in markdown. Made once
 * an event, because packing tries several numbers of events. Pure.
 */
import type { Event } from '../../core/plugin/contract.ts';
import type { LinkOpen } from './config.ts';
import { labelTexts, nameText, openedLink, sourceText, wordsText } from './entry-words.ts';
import { linksOf } from './open-link.ts';
import { linkInMarkdown, plainInMarkdown } from './plain-in-markdown.ts';

/** The parts of one event, ready to stand in markdown. */
export interface EventParts {
  /** The alert's name, never empty. */
  readonly name: string;
  /** The alert's name for the title, which is no markdown. */
  readonly titleName: string;
  /** `name=value` by the label's name, without the alert's name and severity. */
  readonly labels: ReadonlyMap<string, string>;
  /** Whose event it is; empty without a source. */
  readonly source: string;
  /** The first of description, summary and message that says something; empty if none does. */
  readonly words: string;
  /** The best link that is not enormous, opened as configured; empty if there is none. */
  readonly link: string;
}

/** The parts of an event, for links that open in this way. */
export function partsOf(event: Event, open: LinkOpen): EventParts {
  const labels = [...labelTexts(event)].map(([name, text]) => [name, plainInMarkdown(text)] as const);
  return {
    name: plainInMarkdown(nameText(event, LONGEST_NAME)),
    titleName: nameText(event, LONGEST_NAME_IN_TITLE).replace(MENTION, '$& '),
    labels: new Map(labels),
    source: plainInMarkdown(sourceText(event)),
    words: plainInMarkdown(wordsText(event, LONGEST_WORDS)),
    link: linkInMarkdown(openedLink(linksOf(event), open)),
  };
}

/** Longest parts of a line, in characters: a digest is read on a phone. */
const LONGEST_NAME = 80;
const LONGEST_NAME_IN_TITLE = 40;
const LONGEST_WORDS = 200;

/** See plainInMarkdown(); nobody knows whether the title is searched for mentions. */
const MENTION = /[@\uff20](?=\S)/g;
