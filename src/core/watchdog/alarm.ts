/** notifierd's own alert: Alertmanager has gone silent. Shaped as Alertmanager posts alerts, so that it takes the usual way. Pure. */
import { SEVERITIES } from '../event/severity.ts';
import type { NewNotification, RememberedState } from '../outbox/contract.ts';

/** The stream that the alarm belongs to, and the identity of the alert in it. */
export const ALARM_GROUP = 'notifierd watchdog';
export const ALARM_FINGERPRINT = '6e6f746966696572';

/** What the alarm says. */
export interface Alarm {
  readonly id: string;
  readonly at: number;
  /** Names of enabled sinks. */
  readonly sinks: readonly string[];
  /** The label that holds the severity. */
  readonly severityLabel: string;
  /** Since when no heartbeat came; RFC 3339. */
  readonly startsAt: string;
  /** When it came back; absent while the alarm is raised. */
  readonly endsAt?: string;
  readonly silentMs: number;
}

/** The notification to append. The same silence raised twice (a restart in between) is recognized as known. */
export function alarmNotification(alarm: Alarm): NewNotification {
  const { id, at, sinks, startsAt, endsAt } = alarm;
  const firing = endsAt === undefined;
  const key = `${firing ? 'firing' : 'resolved'} ${startsAt}`;
  return {
    id,
    receivedAt: at,
    repeat: {
      groupId: ALARM_GROUP,
      key,
      poster: '',
      windowMs: 0,
      reminder: false,
      truncated: false,
    },
    head: JSON.stringify({ version: '4', receiver: 'notifierd', groupKey: ALARM_GROUP, truncatedAlerts: 0 }),
    pieces: [
      {
        rank: SEVERITIES.indexOf('critical'),
        lanes: sinks,
        alerts: JSON.stringify([alarmAlert(alarm)]),
        states: [{ fingerprint: ALARM_FINGERPRINT, firing, startsAt }],
      },
    ],
  };
}

/** Since when the alarm is raised, from the state that the outbox remembers; `undefined` if it is not. */
export function raisedSince(state: RememberedState | undefined): string | undefined {
  return state?.firing === true ? state.startsAt : undefined;
}

function alarmAlert({ severityLabel, startsAt, endsAt, silentMs }: Alarm): object {
  const minutes = Math.round(silentMs / 60_000);
  return {
    status: endsAt === undefined ? 'firing' : 'resolved',
    labels: { alertname: 'AlertmanagerSilent', [severityLabel]: 'critical', source: 'notifierd' },
    annotations: {
      summary: 'Alertmanager sends no heartbeat',
      description:
        endsAt === undefined
          ? `No heartbeat from Alertmanager for ${minutes} minutes. Prometheus, Alertmanager or the way from there to notifierd may be down: other alerts may not arrive either.`
          : 'The heartbeat from Alertmanager is back.',
    },
    startsAt,
    endsAt: endsAt ?? '0001-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint: ALARM_FINGERPRINT,
  };
}
