/**
 * From one alert of a checked payload to an event: the intake's last pure step, and run again whenever a stored alert is read.
 * Missing things stay missing; the texts that people see are the plugins' work.
 */
import { bestUrl } from '../../event/best-url.ts';
import type { Event } from '../../event/event.ts';
import type { Links } from '../../event/links.ts';
import { parseSeverity } from '../../event/severity.ts';
import { GRAFANA_FIELDS, readAlertLinks } from './alert-links.ts';
import { fingerprintOf } from './fingerprint.ts';
import { isUnset } from './instant.ts';
import { type PayloadAlert, type PayloadHead, statusOf } from './payload.ts';
import { ALERT_FIELDS, HEAD_FIELDS } from './payload-fields.ts';
import { pickFields, textOf, toTextMap } from './text-map.ts';

/** What the configuration decides about events. */
export interface EventReaderOptions {
  readonly links: Links;
  /** The label that holds the severity. */
  readonly severityLabel: string;
}

/** What the payload does not say. */
export interface EventOrigin {
  /** The event's id. */
  readonly id: string;
  /** When the notification was accepted, in milliseconds since the Unix epoch. */
  readonly receivedAt: number;
}

/** Pure; never throws on what parsePayload() let through. The event shares no map with the payload. */
export type EventReader = (head: PayloadHead, alert: PayloadAlert, origin: EventOrigin) => Event;

/** Builds the reader for one configuration. */
export function createEventReader({ links, severityLabel }: EventReaderOptions): EventReader {
  return function readEvent(head, alert, origin) {
    const labels = toTextMap(alert.labels);
    const externalUrl = links.alertmanager(head.externalURL ?? '');
    const urls = { ...readAlertLinks(alert, links, externalUrl), externalUrl };
    const originalSeverity = Object.hasOwn(labels, severityLabel) ? labels[severityLabel] : undefined;
    return {
      id: origin.id,
      source: 'alertmanager',
      status: statusOf(alert),
      name: textOf(labels, 'alertname') ?? 'alert',
      severity: parseSeverity(originalSeverity),
      labels,
      ...readAnnotations(alert),
      ...readTimes(alert),
      fingerprint: fingerprintOf(alert),
      ...present({ ...urls, originalSeverity }),
      bestUrl: bestUrl(urls, links.fallbackUrl),
      ...readHead(head),
      receivedAt: origin.receivedAt,
      unknownFields: {
        alert: pickFields(alert, isUnknownInAlert),
        notification: pickFields(head, (name) => !HEAD_FIELDS.has(name)),
      },
    };
  };
}

function readAnnotations(
  alert: PayloadAlert,
): Pick<Event, 'annotations' | 'summary' | 'description' | 'message'> {
  const annotations = toTextMap(alert.annotations);
  const texts = {
    summary: textOf(annotations, 'summary'),
    description: textOf(annotations, 'description'),
    message: textOf(annotations, 'message'),
  };
  return { annotations, ...present(texts) };
}

function readTimes(alert: PayloadAlert): Pick<Event, 'startsAt' | 'endsAt'> {
  const { startsAt, endsAt } = alert;
  if (statusOf(alert) === 'firing' || isUnset(endsAt)) return { startsAt };
  return { startsAt, ...present({ endsAt: endsAt ?? undefined }) };
}

function readHead(
  head: PayloadHead,
): Pick<
  Event,
  | 'receiver'
  | 'groupKey'
  | 'groupLabels'
  | 'commonLabels'
  | 'commonAnnotations'
  | 'routeLabels'
  | 'reason'
  | 'truncatedAlerts'
> {
  return {
    receiver: unescapeReceiver(head.receiver ?? ''),
    groupKey: head.groupKey ?? '',
    groupLabels: toTextMap(head.groupLabels),
    commonLabels: toTextMap(head.commonLabels),
    commonAnnotations: toTextMap(head.commonAnnotations),
    routeLabels: toTextMap(head.routeLabels),
    reason: head.notification_reason || 'unknown',
    truncatedAlerts: head.truncatedAlerts ?? 0,
  };
}

/** Undoes Go's regexp.QuoteMeta, which Alertmanager applies to the receiver's name. */
export function unescapeReceiver(receiver: string): string {
  return receiver.replace(/\\([\\.+*?()|[\]{}^$])/g, '$1');
}

function isUnknownInAlert(name: string, value: unknown): boolean {
  return !ALERT_FIELDS.has(name) && !(GRAFANA_FIELDS.includes(name) && typeof value === 'string');
}

/** The fields that are not undefined: the event model has absent fields, not undefined ones. */
function present<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Object.fromEntries forgets which names it was given; they are those of Fields.
  return Object.fromEntries(entries) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}
