/**
 * Makes messages out of events. A console has no size limit and no pace, so one message takes all that it is given. Pure: whether
 * colours fit is known only where the message is written, so render.ts adds them.
 */
import type { Event, Message } from '../../core/plugin/contract.ts';
import { cleanJson, cleanLine } from './clean-text.ts';
import type { ConsoleConfig } from './config.ts';
import { renderEvent } from './event-text.ts';

/** Enough that a storm is written in few steps, few enough that a step stays small. */
export const EVENTS_PER_MESSAGE = 500;

/** One message for all of the events. */
export function compose(events: readonly Event[], { format }: Pick<ConsoleConfig, 'format'>): Message {
  const body = format === 'json' ? events.map(cleanJson).join('\n') : events.map(renderEvent).join('\n\n');
  return { form: format, body, covers: events.length };
}

/** The message for an event that compose() failed on. */
export function composePlain(
  alert: { readonly title: string; readonly text: string; readonly url: string },
  { format }: Pick<ConsoleConfig, 'format'>,
): Message {
  if (format === 'json') return { form: format, body: cleanJson(alert), covers: 1 };
  const { title, text, url } = alert;
  return {
    form: format,
    body: [cleanLine(title), `  ${cleanLine(text)}`, `  ${cleanLine(url)}`].join('\n'),
    covers: 1,
  };
}
