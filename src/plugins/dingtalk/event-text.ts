/** What a message says of an event, in words: a title and a text, cleaned but not yet shortened. Pure. */
import type { Event } from '../../core/event/event.ts';
import { cleanLine, cleanText } from './clean-text.ts';

/** A message's words. Neither is ever empty. */
export interface Words {
  readonly title: string;
  readonly text: string;
}

/** The alert's name over `<status>: <description>`; without a description the summary, the message or the labels. */
export function wordsOf(event: Event): Words {
  const title = cleanLine(event.name) || 'alert';
  const said = [event.description, event.summary, event.message].map((text) => cleanText(text ?? ''));
  const text = said.find((words) => words !== '') ?? (labelsOf(event) || title);
  return { title, text: `${event.status}: ${text}` };
}

/** The same event without a word of its sender's, for when DingTalk calls the text improper. */
export function neutralWordsOf({ status, severity, startsAt }: Event): Words {
  return {
    title: 'Alert',
    text: `${status}: an alert of severity ${severity}, since ${startsAt}. DingTalk refused its text; the link leads to it.`,
  };
}

/** `job=demo, queue=orders`: all but the name, which is the title. */
function labelsOf({ labels }: Event): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== 'alertname');
  return pairs.map(([name, value]) => cleanLine(`${name}=${value}`)).join(', ');
}
