/** What arrives in a random history: a notification with one event for each of its alerts, named `alert/arrival`. */
import { randomUUID } from 'node:crypto';
import type { NewNotification } from '../../src/core/outbox/contract.ts';
import { lanesOf } from './outbox-books.ts';

/** The event of an alert in the notification that came as the nth. */
export function nameOf(alert: number, arrival: number): string {
  return `${alert}/${arrival}`;
}

/** The nth notification, with each of these alerts in a new state. */
export function arrivalOf(alerts: readonly number[], arrival: number, at: number): NewNotification {
  return {
    id: randomUUID(),
    receivedAt: at,
    repeat: {
      groupId: 'g',
      key: String(arrival),
      poster: '',
      windowMs: 0,
      reminder: false,
      truncated: false,
    },
    head: '{}',
    // An alert keeps its severity and its sinks, as its labels do; those of one kind make up a piece.
    pieces: [...Map.groupBy(alerts, (alert) => `${alert % 2} ${lanesOf(alert)}`).values()].map((alike) => ({
      rank: (alike[0] ?? 0) % 2,
      lanes: lanesOf(alike[0] ?? 0),
      alerts: JSON.stringify(alike.map((alert) => ({ name: nameOf(alert, arrival) }))),
      states: alike.map((alert) => ({
        fingerprint: `alert-${alert}`.padEnd(16, '-'),
        startsAt: `${arrival}`.padStart(9, '0'),
        firing: true,
      })),
    })),
  };
}
