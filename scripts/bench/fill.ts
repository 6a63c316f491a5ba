/** Fills an outbox through the real intake: events as webhooks of up to 1,000 alerts. */
import { eventually } from '../../test/support/eventually.ts';
import type { Bench } from './bench.ts';
import { noteWrong } from './cell.ts';
import { runLoad } from './load.ts';
import { waitingEvents } from './metrics.ts';
import type { RunningSubject } from './subject.ts';

/** Few, so that a daemon's memory is not that of many large requests at once. */
const CONNECTIONS = 8;
const LARGEST_WEBHOOK = 1_000;
const DRAINED_WITHIN_MS = 900_000;
const LOOK_EVERY_MS = 20;

/** Posts so many events. Tells the bench if any was not answered 200. */
export async function fill(bench: Bench, running: RunningSubject, events: number): Promise<void> {
  // Small outboxes are not to be made of a few large pieces.
  const alerts = Math.min(LARGEST_WEBHOOK, Math.max(1, Math.floor(events / 100)));
  const webhooks = Math.ceil(events / alerts);
  const result = await runLoad({
    urls: running.urls,
    connections: CONNECTIONS,
    alerts,
    warmUpSeconds: 0,
    until: { webhooks },
  });
  noteWrong(bench, `filling an outbox with ${events} events`, result);
}

/** Until no event waits any more. */
export async function untilDrained(running: RunningSubject): Promise<void> {
  await eventually('nothing waits any more', async () => (await waitingEvents(running)) === 0, {
    withinMs: DRAINED_WITHIN_MS,
    everyMs: LOOK_EVERY_MS,
  });
}
