/** A daemon begins: the log says what it finds in the outbox. */
import type { Outbox } from '../outbox/contract.ts';
import type { Log } from '../plugin/contract.ts';

/** What was there before this start, and lanes that nobody drains any more. */
export async function sayWhatWaits(outbox: Outbox, sinks: readonly string[], log: Log): Promise<void> {
  for (const { lane, waitingEvents } of await outbox.readLanes()) {
    if (waitingEvents === 0) continue;
    if (sinks.includes(lane)) log.info('resuming', { sink: lane, events: waitingEvents });
    else log.warn('events wait for a sink that is not enabled', { sink: lane, events: waitingEvents });
  }
}
