/**
 * A console sink made of its parts. Apart from index.ts so that a test can give it another writer.
 */
import type { Sink } from '../../core/plugin/contract.ts';
import { compose, composePlain, EVENTS_PER_MESSAGE } from './compose.ts';
import type { ConsoleConfig } from './config.ts';
import { render } from './render.ts';
import type { Writer } from './writer.ts';

/** A sink that writes what it renders. It holds nothing open between sends, so there is nothing to close. */
export function createConsoleSink(config: ConsoleConfig, writer: Writer): Sink {
  const coloured = config.colour === 'always' || (config.colour === 'auto' && writer.showsColours());
  return {
    limits: { eventsPerMessage: EVENTS_PER_MESSAGE },
    compose: (events) => compose(events, config),
    plain: (title, text, url) => composePlain({ title, text, url }, config),
    render: (message) => render(message, { coloured }),
    send: (message, signal) => writer.write(render(message, { coloured }), signal),
    check: () => writer.check(),
  };
}
