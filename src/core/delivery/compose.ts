/** Composing, with a net under it: whatever a plugin's compose() does, people learn of the event. */
import type { ComposeContext, Event, Message, Sink } from '../plugin/contract.ts';

/** What composeNext() is told beside the events. */
export interface ComposeOptions {
  readonly context: ComposeContext;
  /** The plugin threw, or covered an impossible number of events. */
  onFailure?(error: unknown): void;
}

/** The plugin's message; if it fails at that, its plainest message for the first event. */
export function composeNext(
  sink: Sink,
  events: readonly Event[],
  { context, onFailure }: ComposeOptions,
): Message {
  try {
    const message = sink.compose(events, context);
    if (Number.isInteger(message.covers) && message.covers >= 1 && message.covers <= events.length)
      return message;
    throw new RangeError(`compose() covered ${message.covers} of ${events.length} events`);
  } catch (error) {
    onFailure?.(error);
    const [first] = events;
    if (first === undefined) throw error;
    return { ...sink.plain(first.name, plainText(first), first.bestUrl), covers: 1 };
  }
}

function plainText({ status, description, summary, message }: Event): string {
  return `${status}: ${description ?? summary ?? message ?? ''}`;
}
