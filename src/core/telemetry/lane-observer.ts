/**
 * Turns what lanes tell into metrics and log lines. A first-try delivery is a debug line, a trouble is logged when it begins or
 * changes, and its end once: a channel that is away for a day writes a handful of lines, not thousands.
 */
import type { LaneObserver } from '../delivery/observer.ts';
import type { Settlement } from '../outbox/contract.ts';
import type { Log } from '../plugin/contract.ts';
import type { Outcome } from '../plugin/outcome.ts';
import type { Metrics } from './metrics.ts';

/** An observer for all lanes of one daemon; remembers the last trouble of each. */
export function createLaneObserver(metrics: Metrics, log: Log): LaneObserver {
  const troubles = new Map<string, string>();

  function logOutcome(
    fields: Readonly<Record<string, unknown>> & { readonly sink: string },
    outcome: Outcome,
    settlement: Settlement,
  ): void {
    const { sink } = fields;
    if (outcome.kind === 'delivered') {
      const recovered = troubles.delete(sink);
      if (recovered) log.info('delivering again', fields);
      else log.debug('delivered', fields);
      return;
    }
    const what = { ...fields, reason: outcome.reason, detail: outcome.detail };
    if (settlement.message.kind === 'dead') {
      log.error('message given up', what);
      return;
    }
    if (settlement.message.kind === 'recompose') {
      log.warn('message refused, composing it anew', what);
      return;
    }
    const failsAll = settlement.trouble?.toAll !== undefined;
    const trouble = failsAll ? `all ${outcome.reason}` : outcome.reason;
    const level = troubles.get(sink) === trouble ? 'debug' : failsAll ? 'warn' : LEVELS[outcome.kind];
    troubles.set(sink, trouble);
    const { hold } = settlement;
    const until = hold === undefined ? {} : { until: new Date(hold.until).toISOString() };
    const cure = outcome.kind === 'blocked' ? { cure: outcome.cure } : {};
    log[level](failsAll ? FAILS_ALL : TEXTS[outcome.kind], { ...what, ...cure, ...until });
  }

  return {
    attemptEnded({ lane, message, outcome, settlement, seconds }) {
      const reason = outcome.kind === 'delivered' ? 'ok' : outcome.reason;
      metrics.attemptEnded({ sink: lane, outcome: outcome.kind, reason, seconds });
      const { attempts, events } = message.history;
      logOutcome(
        { sink: lane, message: message.id, form: message.form, events, attempt: attempts },
        outcome,
        settlement,
      );
    },
    settled({ lane, settlement, settled, at }) {
      if (settlement.message.kind === 'dead') metrics.eventsDead(lane, settled.events);
      if (settlement.message.kind !== 'delivered') return;
      const latencies = settled.received.flatMap(({ at: receivedAt, events }) =>
        Array.from({ length: events }, () => Math.max(0, at - receivedAt) / 1000),
      );
      metrics.eventsDelivered(lane, settled.events, latencies);
    },
    monthReached({ lane, budget, calls, percent }) {
      const { organization, callsPerMonth } = budget;
      const fields = { sink: lane, organization, percent, calls, of: callsPerMonth };
      if (percent >= 100) log.error("the month's calls are used up, as far as notifierd counts", fields);
      else log.warn("the month's calls run low", fields);
    },
    expired(lane, events) {
      metrics.eventsDead(lane, events);
      log.warn('events expired before they could be sent', { sink: lane, events });
    },
    handedOver(lane, to, events) {
      metrics.eventsHandedOver(lane, events);
      log.warn('the fallback is told in place of the sink', { sink: lane, fallback: to, events });
    },
    composeFailed(lane, error) {
      metrics.composeFailed(lane);
      log.error('the plugin cannot compose this message, sending a plain one', { sink: lane, error });
    },
    sendThrew(lane, error) {
      log.error('the plugin failed in send()', { sink: lane, error });
    },
    laneFailed(lane, error, failures) {
      metrics.outboxFailed();
      // The first of a row, and then rarely: the waits grow to ten seconds.
      if (failures === 1 || failures % 30 === 0)
        log.error('the lane cannot go on', { sink: lane, failures, error });
    },
  };
}

const LEVELS = { retry: 'warn', throttled: 'warn', blocked: 'error', refused: 'error' } as const;

const FAILS_ALL = 'every message fails since the last delivery, trying another one';

const TEXTS = {
  retry: 'not delivered, trying again',
  throttled: 'the channel asks for less: the lane rests',
  blocked: 'the lane is blocked until a setting is mended',
  refused: 'message refused',
} as const;
