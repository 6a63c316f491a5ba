/**
 * Chooses the form of the next message: a `link` for each event in quiet times, a `digest` (or a `feed_card`) for many when single links
 * would take more sends than the robot has. Pure.
 */
import type { ComposeContext, Event, Message, Pressure } from '../../core/plugin/contract.ts';
import type { DingtalkConfig, DingtalkSettings } from './config.ts';
import { composeDigest } from './digest.ts';
import { composeFeedCard } from './feed-card.ts';
import { composeLink } from './link.ts';

/** Most events that one message is made of: more than its bytes hold with usual texts and links. */
export const EVENTS_PER_MESSAGE = 250;

/** The next message for the first of these events, of which there is at least one. Never larger than the robot takes. */
export function compose(
  events: readonly Event[],
  context: ComposeContext,
  settings: DingtalkSettings,
): Message {
  const [event] = events;
  if (event === undefined) throw new RangeError('compose() expects at least one event, got none');
  if (isQuiet(context.pressure, settings)) return composeLink(event, context, settings);
  const many = composeMany(events, context, settings);
  return many ?? { ...composeLink(event, context, settings), open: events.length === 1 };
}

/**
 * All that waits can go as links, and at once. What comes within ten seconds is judged together, sent or not: with each link one event
 * less waits, and one more is recent and one more send spent, so events that came together are judged alike to the last. From a third of
 * all sends on, only what is left of such a group still goes as links. The more the month's calls must be saved, the fewer links.
 */
export function isQuiet(
  { waitingEvents, recentEvents, freeStarts, spentStarts, thrift }: Pressure,
  { links_up_to }: Pick<DingtalkConfig, 'links_up_to'>,
): boolean {
  const linksUpTo = Math.floor(links_up_to * (1 - thrift));
  if (recentEvents + waitingEvents > linksUpTo || waitingEvents > freeStarts) return false;
  return spentStarts + waitingEvents < (freeStarts + spentStarts) / 3 + linksUpTo;
}

function composeMany(
  events: readonly Event[],
  context: ComposeContext,
  settings: DingtalkSettings,
): Message | undefined {
  switch (settings.digest_form) {
    case 'markdown':
      return composeDigest(events, context, settings);
    case 'feed_card':
      return composeFeedCard(events, context, settings);
    default:
      return settings.digest_form satisfies never;
  }
}
