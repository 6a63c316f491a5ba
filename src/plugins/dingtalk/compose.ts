/**
 * Chooses the form of the next message: a `link` for each event in quiet times, a `digest` for many when single links would take
 * more sends than the robot has. Pure.
 */
import type { ComposeContext, Event, Message, Pressure } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { composeDigest } from './digest.ts';
import { composeLink } from './link.ts';

/** Most events that one message is made of: more than its bytes hold with usual texts and links. */
export const EVENTS_PER_MESSAGE = 250;

/** The next message for the first of these events, of which there is at least one. Never larger than the robot takes. */
export function compose(events: readonly Event[], context: ComposeContext, config: DingtalkConfig): Message {
  const [event] = events;
  if (event === undefined) throw new RangeError('compose() expects at least one event, got none');
  if (isQuiet(context.pressure, config)) return composeLink(event, context, config);
  const digest = composeDigest(events, context, config);
  if (digest !== undefined) return { ...digest, open: digest.covers === events.length };
  return { ...composeLink(event, context, config), open: events.length === 1 };
}

/**
 * All that waits can go as links, and at once. With each link one event less waits and one send more is spent, so events that came
 * together are judged alike to the last; from a third of the sends on, only what is left of such a group still goes as links.
 */
function isQuiet({ waitingEvents, freeStarts, spentStarts }: Pressure, config: DingtalkConfig): boolean {
  const { links_up_to, pace_per_window } = config;
  if (waitingEvents > links_up_to || waitingEvents > freeStarts) return false;
  return spentStarts + waitingEvents < pace_per_window / 3 + links_up_to;
}
