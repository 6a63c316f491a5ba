/**
 * Chooses the form of the next message: a `link` for each event in quiet times, a `digest` for many when single links would take
 * more sends than the robot has. Pure.
 */
import type { ComposeContext, Event, Message, Pressure } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { composeDigest } from './digest.ts';
import { composeLink } from './link.ts';

/** Most events that one message is made of: more than fit into its bytes with the shortest of texts and links. */
export const EVENTS_PER_MESSAGE = 250;

/** The next message for the first of these events, of which there is at least one. Never larger than the robot takes. */
export function compose(events: readonly Event[], context: ComposeContext, config: DingtalkConfig): Message {
  const [event] = events;
  if (event === undefined) throw new RangeError('compose() expects at least one event, got none');
  const digest = isQuiet(context.pressure, config) ? undefined : composeDigest(events, config);
  return digest ?? composeLink(event, context.mends, config);
}

/** All that waits can go as links, and at once. */
function isQuiet({ waitingEvents, freeStarts }: Pressure, { links_up_to }: DingtalkConfig): boolean {
  return waitingEvents <= links_up_to && waitingEvents <= freeStarts;
}
