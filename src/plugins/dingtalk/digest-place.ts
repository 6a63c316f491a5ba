/** Where an alert is, in a line that tells of many: the labels that say something there, and how many there is room for. Pure. */

import { ownValue } from '../../core/event/own-value.ts';
import type { Event } from '../../core/plugin/contract.ts';

/** The name heads the group or the title, and the severity the section. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['alertname', 'severity']);

/** The names of an event's labels but those that are said elsewhere. */
export function placeNames({ labels }: Pick<Event, 'labels'>): readonly string[] {
  return Object.keys(labels).filter((name) => !SAID_ELSEWHERE.has(name));
}

/** Those of them that all of several events have, with the same value; none of a single event, whose labels nobody else says. */
export function sharedNames(events: readonly Pick<Event, 'labels'>[]): ReadonlySet<string> {
  const [first, ...others] = events;
  if (first === undefined || others.length === 0) return new Set();
  return new Set(
    placeNames(first).filter((name) =>
      others.every(({ labels }) => ownValue(labels, name) === ownValue(first.labels, name)),
    ),
  );
}

/** Labels in one line: whole ones up to `longest` characters, at least one, and how many more there are. */
export function placeText(labels: readonly string[], longest: number): string {
  let [text = '', ...rest] = labels;
  for (const [index, label] of rest.entries()) {
    if (text.length + label.length >= longest) {
      const more = rest.length - index;
      return `${text} … +${more} ${more === 1 ? 'label' : 'labels'}`;
    }
    text += ` ${label}`;
  }
  return text;
}
