/**
 * What decides where an alert goes, read without the rest of its event: the intake needs no more, and events are made from what is stored
 * when they are delivered.
 */
import type { EventStatus, TextMap } from '../../event/event.ts';
import { ownValue } from '../../event/own-value.ts';
import { parseSeverity, type Severity } from '../../event/severity.ts';
import { type Payload, type PayloadAlert, statusOf } from './payload.ts';
import { unescapeReceiver } from './to-event.ts';

/** An alert as routes and the watchdog see it: these fields are those of its event, but the labels are those that were posted, uncopied. */
export interface Routable {
  readonly alert: PayloadAlert;
  readonly status: EventStatus;
  readonly severity: Severity;
  readonly labels: TextMap;
  readonly receiver: string;
  readonly source?: string;
}

const NO_LABELS: TextMap = {};

/** What is read beside the payload. */
export interface RoutableOptions {
  /** The label that holds the severity. */
  readonly severityLabel: string;
  /** The name that the path gives to the sender. */
  readonly source?: string;
}

/** Of each alert, in the payload's order. */
export function readRoutables(
  { head, alerts }: Payload,
  { severityLabel, ...named }: RoutableOptions,
): readonly Routable[] {
  const receiver = unescapeReceiver(head.receiver ?? '');
  return alerts.map((alert) => {
    const labels = alert.labels ?? NO_LABELS;
    const severity = parseSeverity(ownValue(labels, severityLabel));
    return { alert, status: statusOf(alert), severity, labels, receiver, ...named };
  });
}
