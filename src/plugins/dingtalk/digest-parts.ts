/**
 * What a digest's text is put together from: an event's name, labels, words and link, each cleaned, cut and safe in markdown. Made once
 * an event, because packing tries several numbers of events. Pure.
 */
import type { Event } from '../../core/plugin/contract.ts';
import { cleanLine } from './clean-text.ts';
import type { LinkOpen } from './config.ts';
import { linksOf, openLink } from './open-link.ts';
import { linkInMarkdown, plainInMarkdown } from './plain-in-markdown.ts';
import { jsonBytes, shorten } from './shorten.ts';

/** The parts of one event, ready to stand in markdown. */
export interface EventParts {
  /** The alert's name, never empty. */
  readonly name: string;
  /** The alert's name for the title, which is no markdown. */
  readonly titleName: string;
  /** `name=value` by the label's name, without the alert's name and severity. */
  readonly labels: ReadonlyMap<string, string>;
  /** The first of description, summary and message that says something; empty if none does. */
  readonly words: string;
  /** The best link that is not enormous, opened as configured; empty if there is none. */
  readonly link: string;
}

/** The parts of an event, for links that open in this way. */
export function partsOf(event: Event, open: LinkOpen): EventParts {
  const name = cleanLine(event.name) || 'alert';
  return {
    name: plainInMarkdown(cut(name, LONGEST_NAME)),
    titleName: cut(name, LONGEST_NAME_IN_TITLE).replace(MENTION, '$& '),
    labels: labelsOf(event),
    words: plainInMarkdown(cut(wordsOf(event), LONGEST_WORDS)),
    link: linkOf(event, open),
  };
}

/** Longest parts of a line, in characters: a digest is read on a phone. A name in Kubernetes has up to 63. */
const LONGEST_NAME = 80;
const LONGEST_NAME_IN_TITLE = 40;
const LONGEST_LABEL_NAME = 40;
const LONGEST_LABEL = 64;
const LONGEST_WORDS = 200;
/** A link longer than this gives way to the next best one: it would cost as much as five alerts. */
const LONGEST_LINK_BYTES = 1_500;

/** See plainInMarkdown(); nobody knows whether the title is searched for mentions. */
const MENTION = /[@\uff20](?=\S)/g;

/** The name heads the group and the severity its section. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['alertname', 'severity']);

function labelsOf({ labels }: Event): ReadonlyMap<string, string> {
  const own = Object.entries(labels).filter(([name]) => !SAID_ELSEWHERE.has(name));
  return new Map(own.map(([name, value]) => [name, plainInMarkdown(labelText(name, value))]));
}

function labelText(name: string, value: string): string {
  return `${cut(cleanLine(name), LONGEST_LABEL_NAME)}=${cut(cleanLine(value), LONGEST_LABEL)}`;
}

function wordsOf({ description, summary, message }: Event): string {
  for (const text of [description, summary, message]) {
    const words = cleanLine(text ?? '');
    if (words !== '') return words;
  }
  return '';
}

function linkOf(event: Event, open: LinkOpen): string {
  const link = linksOf(event).find((url) => jsonBytes(url) <= LONGEST_LINK_BYTES);
  return link === undefined ? '' : linkInMarkdown(openLink(link.toWellFormed(), open));
}

function cut(text: string, chars: number): string {
  // As many characters as code units at most: no need to count.
  if (text.length <= chars) return text;
  return shorten(text, { chars, bytes: Number.POSITIVE_INFINITY }, 'ellipsis');
}
