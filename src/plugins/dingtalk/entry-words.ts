/**
 * The words and the link of one event in a message that tells of many: cleaned, and cut to what a line on a phone has room for. Plain
 * text: a markdown digest makes it safe (digest-parts.ts). Pure.
 */

import { ownValue } from '../../core/event/own-value.ts';
import type { Event } from '../../core/plugin/contract.ts';
import { cleanLine } from './clean-text.ts';
import type { LinkOpen } from './config.ts';
import { placeNames } from './digest-place.ts';
import { openLink } from './open-link.ts';
import { jsonBytes, shorten } from './shorten.ts';

/** The alert's name, in at most so many characters; never empty. */
export function nameText(event: Event, chars: number): string {
  return cut(cleanLine(event.name) || 'alert', chars);
}

/** `name=value` by the label's name, without the alert's name and severity. */
export function labelTexts(event: Event): ReadonlyMap<string, string> {
  return new Map(
    placeNames(event).map((name) => [name, labelText(name, ownValue(event.labels, name) ?? '')]),
  );
}

/** `from eu-1`: whose event it is, in a message of several sources; empty without a source. */
export function sourceText({ source = '' }: Pick<Event, 'source'>): string {
  const name = cut(cleanLine(source), LONGEST_LABEL);
  return name === '' ? '' : `from ${name}`;
}

/** Whether these events come from more than one source, or some from none: then each must say its own. */
export function haveSeveralSources(events: readonly Pick<Event, 'source'>[]): boolean {
  return new Set(events.map(({ source }) => source)).size > 1;
}

/** The first of description, summary and message that says something, in at most so many characters; empty if none does. */
export function wordsText({ description, summary, message }: Event, chars: number): string {
  for (const text of [description, summary, message]) {
    const words = cleanLine(text ?? '');
    if (words !== '') return cut(words, chars);
  }
  return '';
}

/** The first of these links that is not enormous, opened as configured; empty if there is none. */
export function openedLink(links: readonly string[], open: LinkOpen): string {
  const link = links.find((url) => jsonBytes(url) <= LONGEST_LINK_BYTES);
  return link === undefined ? '' : openLink(link.toWellFormed(), open);
}

/** Longest parts of a label, in characters. A name in Kubernetes has up to 63. */
const LONGEST_LABEL_NAME = 40;
const LONGEST_LABEL = 64;
/** A link longer than this gives way to the next best one: it would cost as much as five alerts. */
const LONGEST_LINK_BYTES = 1_500;

function labelText(name: string, value: string): string {
  return `${cut(cleanLine(name), LONGEST_LABEL_NAME)}=${cut(cleanLine(value), LONGEST_LABEL)}`;
}

function cut(text: string, chars: number): string {
  // As many characters as code units at most: no need to count.
  if (text.length <= chars) return text;
  return shorten(text, { chars, bytes: Number.POSITIVE_INFINITY }, 'ellipsis');
}
