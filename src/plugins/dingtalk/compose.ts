/**
 * Chooses the form of the next message. Today there is one: every event becomes a `link`. A form for storms goes beside link.ts
 * and is chosen here by `context.pressure`. Pure.
 */
import type { ComposeContext, Event, Message } from '../../core/plugin/contract.ts';
import type { DingtalkConfig } from './config.ts';
import { composeLink } from './link.ts';

/** Most events that one message is made of. */
export const EVENTS_PER_MESSAGE = 1;

/** The next message for the first of these events, of which there is at least one. Never larger than the robot takes. */
export function compose(events: readonly Event[], context: ComposeContext, config: DingtalkConfig): Message {
  const [event] = events;
  if (event === undefined) throw new RangeError('compose() expects at least one event, got none');
  return composeLink(event, context.mends, config);
}
