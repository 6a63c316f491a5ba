/**
 * Who is who among notifications and alerts: the key that recognizes a notification posted again, the group it belongs to, and
 * the state of each alert, by which a re-listed one is recognized. Alertmanager sends no id, and a twin of it sends the same with
 * another address, so what is left out here matters as much as what is in. Windows and memory are the outbox's.
 */
import { hash as digest } from 'node:crypto';
import type { EventStatus } from '../../event/event.ts';
import type { AlertState } from '../../outbox/contract.ts';
import { fingerprintOf } from './fingerprint.ts';
import { canonicalInstant } from './instant.ts';
import { type Payload, type PayloadAlert, statusOf } from './payload.ts';

/** Where a notification was posted to. */
export interface PostedTo {
  /** The canonical path. */
  readonly path: string;
  /** The name that it gives to the sender; absent without one. */
  readonly source?: string;
}

/** Who a notification is. */
export interface Identity {
  /**
   * Equal, as 64 hexadecimal digits, for all notifications of one group and receiver on one path from one source. A sender that gives no
   * groupKey is told by its group labels, without those by the alerts themselves.
   */
  readonly groupId: string;
  /**
   * Equal, as 64 hexadecimal digits, for two posts of one notification to one path: retries, late flushes and the twins of a high
   * availability pair. Independent of the order of alerts, of the end of those that are resolved, and of all that differs between twins
   * (externalURL, generatorURL, annotations). Alertmanager's reminders have another key where it names them (0.32 and newer).
   */
  readonly key: string;
  /** A hash of the poster's own address (externalURL), which its twin does not share; empty if it gives none. */
  readonly poster: string;
  /** The state of each alert, in the payload's order. */
  readonly states: readonly AlertState[];
}

/** The identity of a notification that was posted there. */
export function identify({ path, source = '' }: PostedTo, payload: Payload): Identity {
  const states = payload.alerts.map(stateOf);
  const groupId = hash([path, source, payload.head.receiver ?? '', groupOf(payload)]);
  const key = hash([
    groupId,
    groupStatus(payload),
    payload.head.truncatedAlerts ?? 0,
    whoIsInWhichState(states),
    isReminder(payload),
  ]);
  return { groupId, key, poster: posterOf(payload), states };
}

/** True if Alertmanager says that nothing is new and it only reminds. Releases before 0.32 do not say. */
export function isReminder(payload: Payload): boolean {
  return payload.head.notification_reason === 'repeat interval elapsed';
}

function groupOf({ head, alerts }: Payload): readonly unknown[] {
  if (head.groupKey !== undefined && head.groupKey !== null && head.groupKey !== '')
    return ['key', head.groupKey];
  const labels = Object.entries(head.groupLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return labels.length > 0 ? ['labels', labels] : ['alerts', alerts.map(fingerprintOf).sort()];
}

function groupStatus({ head, alerts }: Payload): EventStatus {
  return head.status ?? (alerts.some((alert) => statusOf(alert) === 'firing') ? 'firing' : 'resolved');
}

/** Independent of the order of the alerts. Many alerts share few states: fingerprints alone are sorted sooner than with their states. */
function whoIsInWhichState(states: readonly AlertState[]): readonly (readonly [string, string])[] {
  const byState = [...Map.groupBy(states, ({ firing, startsAt }) => `${firing} ${startsAt}`)].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );
  return byState.map(([state, alerts]) => [
    state,
    alerts
      .map(({ fingerprint }) => fingerprint)
      .sort()
      .join(''),
  ]);
}

function stateOf(alert: PayloadAlert): AlertState {
  return {
    fingerprint: fingerprintOf(alert),
    firing: statusOf(alert) === 'firing',
    startsAt: canonicalInstant(alert.startsAt) ?? alert.startsAt,
  };
}

/** Enough digits to tell the Alertmanagers of a cluster apart: what is remembered is written with each notification. */
const POSTER_DIGITS = 16;

function posterOf({ head: { externalURL } }: Payload): string {
  const address = externalURL?.trim() ?? '';
  return address === '' ? '' : digest('sha256', address).slice(0, POSTER_DIGITS);
}

/** JSON keeps the parts apart, whatever text they hold. */
function hash(parts: readonly unknown[]): string {
  return digest('sha256', JSON.stringify(parts));
}
