/** Turns what the intake tells into metrics and log lines. */
import type { IntakeObserver } from '../intake/observer.ts';
import type { Log } from '../plugin/contract.ts';
import type { Metrics } from './metrics.ts';

/** Nothing per notification is logged above debug; an event that no route takes is, because nobody will see it. */
export function createIntakeObserver(metrics: Metrics, log: Log): IntakeObserver {
  let failures = 0;
  const countReceived = (received: { readonly firing: number; readonly resolved: number }): void => {
    // Each count costs half a microsecond, and most webhooks hold one kind.
    if (received.firing > 0) metrics.eventsReceived('firing', received.firing);
    if (received.resolved > 0) metrics.eventsReceived('resolved', received.resolved);
  };
  return {
    accepted({ id, received, relisted, unrouted, routed, queued }) {
      if (failures > 0) log.info('the outbox takes notifications again', { failures });
      failures = 0;
      countReceived(received);
      if (relisted > 0) metrics.eventsRelisted(relisted);
      if (unrouted > 0) metrics.eventsUnrouted(unrouted);
      for (const [sink, count] of routed) metrics.eventsRouted(sink, count);
      for (const [sink, count] of queued) metrics.eventsQueued(sink, count);
      log.debug('notification accepted', {
        notification: id,
        ...received,
        relisted,
        queued: Object.fromEntries(queued),
      });
      if (unrouted > 0) log.warn('no route takes these events', { notification: id, events: unrouted });
    },
    mixed({ id, times }) {
      metrics.notificationMixed();
      // Once may be a late twin. Each power of two: often enough to be found, seldom enough for a stream that does it for years.
      if (times >= 2 && Number.isInteger(Math.log2(times)))
        log.warn('two clusters seem to post alerts with equal labels to one webhook path', {
          notification: id,
          times,
          cure: 'give each cluster a path of its own: /webhook/alertmanager/<source>',
        });
    },
    notStored(error) {
      metrics.outboxFailed();
      failures += 1;
      // The first of a row, and then rarely: Alertmanager posts again every few seconds.
      if (failures === 1 || failures % 100 === 0)
        log.error('the outbox takes no notifications', { failures, error });
    },
    duplicate({ id, received }) {
      countReceived(received);
      metrics.notificationDeduplicated();
      log.debug('notification repeated', { notification: id, ...received });
    },
  };
}
