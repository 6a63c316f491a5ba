/**
 * The event model: one alert in one state change, normalized. Events are what is routed, queued and delivered, and all that a
 * plugin ever sees of Alertmanager. Every field is immutable, and nothing of what Alertmanager sent is lost: fields that this
 * version does not know stand in `unknownFields`.
 */
import type { Severity } from './severity.ts';

/** Labels and annotations. Own keys only; a key may be any text, `__proto__` included. */
export type TextMap = Readonly<Record<string, string>>;

/** What an alert is doing. Alertmanager knows no third state. */
export type EventStatus = 'firing' | 'resolved';

/** A value as JSON has it. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** One alert in one state change. */
export interface Event {
  /** Unique and stable: the id of the notification that brought the event, a dash, and its number there. */
  readonly id: string;
  /** In which format it came. */
  readonly format: 'alertmanager';
  /** Who sent it, by the name that the webhook's path has for the sender (`/webhook/alertmanager/<source>`); absent without one. */
  readonly source?: string;
  readonly status: EventStatus;
  /** The label `alertname`; `alert` when there is none (only Prometheus guarantees it). */
  readonly name: string;
  /** Normalized from the configured label, so that severities can be ordered. */
  readonly severity: Severity;
  /** That label as it was sent; absent if there is none. */
  readonly originalSeverity?: string;
  /** The annotations `summary`, `description` and `message`; absent if missing or blank. */
  readonly summary?: string;
  readonly description?: string;
  readonly message?: string;
  readonly labels: TextMap;
  readonly annotations: TextMap;
  /** When it began to fire: RFC 3339 as sent, time zone and nanoseconds kept. */
  readonly startsAt: string;
  /** When it ended, RFC 3339 as sent. Absent while firing. */
  readonly endsAt?: string;
  /** 16 hexadecimal digits: Alertmanager's hash over the labels. Equal for all states of one alert. */
  readonly fingerprint: string;
  /** The alert's source, usually a Prometheus graph; rewritten by `links`. Absent if it is not an http(s) URL. */
  readonly generatorUrl?: string;
  /** The Alertmanager that sent it, rewritten by `links`. Absent if it is not an http(s) URL. */
  readonly externalUrl?: string;
  /** From the annotations `runbook_url`, `dashboard_url`, `panel_url` and their usual spellings, rewritten by `links`. */
  readonly runbookUrl?: string;
  readonly dashboardUrl?: string;
  readonly panelUrl?: string;
  /** Alertmanager's form for a new silence, filled in with this alert's labels. Absent without externalUrl. */
  readonly silenceUrl?: string;
  /** Where a click on the message should lead: the best of the links above, never empty (docs/configuration.md says the order). */
  readonly bestUrl: string;
  /** Alertmanager's receiver, unescaped. */
  readonly receiver: string;
  /** Alertmanager's identity of the group: opaque. */
  readonly groupKey: string;
  readonly groupLabels: TextMap;
  readonly commonLabels: TextMap;
  readonly commonAnnotations: TextMap;
  /** Labels set on Alertmanager's route (0.34 and newer); empty before. */
  readonly routeLabels: TextMap;
  /** Why Alertmanager notified (0.32 and newer); `unknown` before. */
  readonly reason: string;
  /** How many alerts `max_alerts` cut off the notification: with more than 0, the list says nothing about the rest of the group. */
  readonly truncatedAlerts: number;
  /** When notifierd accepted it, in milliseconds since the Unix epoch. */
  readonly receivedAt: number;
  /** The sink that should have told of it and cannot: the message stands in for it and must say so. Absent for a sink's own events. */
  readonly insteadOf?: string;
  /** What the sender added that this version does not know, by where it stood. */
  readonly unknownFields: {
    readonly alert: { readonly [key: string]: JsonValue };
    readonly notification: { readonly [key: string]: JsonValue };
  };
}
