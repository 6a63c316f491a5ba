/**
 * Where the links of an alert hide: in the annotations that rule authors have settled on, and in the fields that Grafana adds
 * to Alertmanager's payload
 * (https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/).
 */
import type { JsonValue, TextMap } from '../../event/event.ts';
import type { Links } from '../../event/links.ts';
import type { PayloadAlert } from './payload.ts';
import { silenceUrl } from './silence-url.ts';
import { textOf } from './text-map.ts';

/** The links of one alert, each an http(s) URL or `undefined`. */
export interface AlertLinks {
  readonly generatorUrl: string | undefined;
  readonly runbookUrl: string | undefined;
  readonly dashboardUrl: string | undefined;
  readonly panelUrl: string | undefined;
  readonly silenceUrl: string | undefined;
  readonly externalUrl: string | undefined;
}

/** Fields of an alert that only Grafana sends. Anything but text in them is left to unknownFields. */
export const GRAFANA_FIELDS: readonly string[] = ['dashboardURL', 'panelURL', 'silenceURL'];

/** In the order of preference: the first that holds a URL counts, and a field of Grafana's comes last. */
const RUNBOOK = ['runbook_url', 'runbookUrl', 'runbookURL', 'runbook'];
const DASHBOARD = ['dashboard_url', 'dashboardUrl', 'dashboardURL', 'dashboard'];
const PANEL = ['panel_url', 'panelUrl', 'panelURL', 'panel'];

/** An alert, with its maps as the event has them. */
export interface AlertMaps {
  readonly alert: PayloadAlert;
  readonly labels: TextMap;
  readonly annotations: TextMap;
}

/** `externalUrl` is the notification's, already rewritten: the silence form lives there. */
export function readAlertLinks(
  { alert, labels, annotations }: AlertMaps,
  links: Links,
  externalUrl: string | undefined,
): AlertLinks {
  return {
    generatorUrl: links.prometheus(alert.generatorURL ?? ''),
    runbookUrl: firstUrl(annotations, RUNBOOK, links),
    dashboardUrl: firstUrl(annotations, DASHBOARD, links) ?? fieldUrl(alert.dashboardURL, links),
    panelUrl: firstUrl(annotations, PANEL, links) ?? fieldUrl(alert.panelURL, links),
    silenceUrl: fieldUrl(alert.silenceURL, links) ?? silenceUrl(externalUrl, labels),
    externalUrl,
  };
}

function fieldUrl(value: JsonValue | undefined, links: Links): string | undefined {
  return typeof value === 'string' ? links.other(value) : undefined;
}

function firstUrl(annotations: TextMap, names: readonly string[], links: Links): string | undefined {
  for (const name of names) {
    const text = textOf(annotations, name);
    const url = text === undefined ? undefined : links.other(text);
    if (url !== undefined) return url;
  }
  return undefined;
}
