/** A dead letter as people read it: its stored alerts become events again, with the links of the present configuration. */
import type { Config } from '../../core/config/config.ts';
import { type ReadEvent, readEvents } from '../../core/delivery/read-events.ts';
import type { Event } from '../../core/event/event.ts';
import { createLinks } from '../../core/event/links.ts';
import { createEventReader } from '../../core/intake/alertmanager/to-event.ts';
import type { DeadLetter } from '../../core/outbox/contract.ts';

/** A dead letter with readable events. */
export interface Letter extends Omit<DeadLetter, 'events'> {
  readonly events: readonly Event[];
}

/** Pure; never throws on what the outbox holds. */
export type LetterReader = (stored: DeadLetter) => Letter;

/** Builds the reader for one configuration. */
export function createLetterReader({ links, intake }: Pick<Config, 'links' | 'intake'>): LetterReader {
  const { severityLabel } = intake;
  // Stored heads and alerts are what the intake let through.
  const readEvent = createEventReader({ links: createLinks(links), severityLabel }) as ReadEvent;
  return (stored) => ({ ...stored, events: readEvents(stored.events, readEvent) });
}
