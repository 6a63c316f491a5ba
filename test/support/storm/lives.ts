/** Alerts that begin and end, for loads that last: what fires is resolved later. Pure. */
import { type StormAlert, type StormWebhook, stormAlert } from './load.ts';

/** One webhook of alerts that begin to fire. */
export interface Firing {
  readonly atMs: number;
  /** Of the webhook, for its group. */
  readonly index: number;
  /** The first alert's; the others have the next ones. Below 1,000,000, and no alert of a load shares one. */
  readonly firstNumber: number;
  readonly alerts: number;
  /** The nth of each ten alerts that is critical. */
  readonly critical: number;
}

/** The webhook. */
export function firing({ atMs, index, firstNumber, alerts, critical }: Firing): StormWebhook {
  return {
    atMs,
    group: `team-${firstNumber + index}`,
    alerts: Array.from({ length: alerts }, (_, position): StormAlert => {
      const number = firstNumber + position;
      return stormAlert(number, number % 10 === critical ? 'critical' : 'warning', index);
    }),
  };
}

/** The webhook that tells of their end. */
export function resolved({ atMs, group, alerts }: StormWebhook, afterMs: number): StormWebhook {
  return {
    atMs: atMs + afterMs,
    group,
    alerts: alerts.map((alert) => ({ ...alert, status: 'resolved' })),
  };
}
