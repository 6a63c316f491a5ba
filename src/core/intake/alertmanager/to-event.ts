/**
 * From one alert of a checked payload to an event: the intake's last pure step, and run again whenever a stored alert is read.
 * Missing things stay missing; the texts that people see are the plugins' work.
 */
import { bestUrl } from '../../event/best-url.ts';
import type { Event } from '../../event/event.ts';
import type { Links } from '../../event/links.ts';
import { ownValue } from '../../event/own-value.ts';
import { rememberLinks } from '../../event/remembered-links.ts';
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
  /** The name that the notification's path gave to its sender; absent without one. */
  readonly source?: string;
}

/** Pure; never throws on what parsePayload() let through. What all events of a notification have in common is read once. */
export type EventReader = (head: PayloadHead) => AlertReader;

/** The event of one alert of that notification. It shares no map with the payload; those of the head it shares with its neighbours. */
export type AlertReader = (alert: PayloadAlert, origin: EventOrigin) => Event;

/** Builds the reader for one configuration. */
export function createEventReader({ links: given, severityLabel }: EventReaderOptions): EventReader {
  const links = rememberLinks(given);
  return function readHead(head) {
    const { externalUrl, unknownFields, ...common } = readCommon(head, links);
    return function readAlert(alert, { id, receivedAt, source }) {
      const labels = toTextMap(alert.labels);
      const annotations = toTextMap(alert.annotations);
      const urls = readAlertLinks({ alert, labels, annotations }, links, externalUrl);
      const { generatorUrl, runbookUrl, dashboardUrl, panelUrl, silenceUrl } = urls;
      const originalSeverity = ownValue(labels, severityLabel);
      const summary = textOf(annotations, 'summary');
      const description = textOf(annotations, 'description');
      const message = textOf(annotations, 'message');
      const endsAt = endOf(alert);
      // The event model has absent fields, not undefined ones.
      return {
        id,
        format: 'alertmanager',
        ...(source === undefined ? {} : { source }),
        status: statusOf(alert),
        name: textOf(labels, 'alertname') ?? 'alert',
        severity: parseSeverity(originalSeverity),
        labels,
        annotations,
        ...(summary === undefined ? {} : { summary }),
        ...(description === undefined ? {} : { description }),
        ...(message === undefined ? {} : { message }),
        startsAt: alert.startsAt,
        ...(endsAt === undefined ? {} : { endsAt }),
        fingerprint: fingerprintOf(alert),
        ...(generatorUrl === undefined ? {} : { generatorUrl }),
        ...(runbookUrl === undefined ? {} : { runbookUrl }),
        ...(dashboardUrl === undefined ? {} : { dashboardUrl }),
        ...(panelUrl === undefined ? {} : { panelUrl }),
        ...(silenceUrl === undefined ? {} : { silenceUrl }),
        ...(externalUrl === undefined ? {} : { externalUrl }),
        ...(originalSeverity === undefined ? {} : { originalSeverity }),
        bestUrl: bestUrl(urls, links.fallbackUrl),
        ...common,
        receivedAt,
        unknownFields: { alert: pickFields(alert, isUnknownInAlert), notification: unknownFields },
      };
    };
  };
}

function endOf(alert: PayloadAlert): string | undefined {
  if (statusOf(alert) === 'firing' || isUnset(alert.endsAt)) return undefined;
  return alert.endsAt ?? undefined;
}

function readCommon(head: PayloadHead, links: Links) {
  return {
    externalUrl: links.alertmanager(head.externalURL ?? ''),
    unknownFields: pickFields(head, (name) => !HEAD_FIELDS.has(name)),
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
