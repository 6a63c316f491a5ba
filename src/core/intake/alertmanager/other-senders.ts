/**
 * Names the programs whose posts are most often sent here by mistake, so that the answer can say what to change instead of which field is
 * missing. Looked at only once a document was found to be no webhook of Alertmanager. Pure.
 */

const THROUGH_ALERTMANAGER =
  'let it send to an Alertmanager, whose webhook_configs name notifierd; notifierd takes no other webhooks';

/** What a document is, with its cure, to follow "not an Alertmanager webhook:"; `undefined` for what nobody has met. */
export function otherSender(document: unknown): string | undefined {
  if (Array.isArray(document)) {
    return isPrometheusList(document)
      ? `this is Prometheus's own list of alerts, which goes to an Alertmanager; ${THROUGH_ALERTMANAGER}`
      : undefined;
  }
  if (!isObject(document)) return undefined;
  if ('evalMatches' in document && !('alerts' in document)) {
    return 'this is the webhook of Grafana 8 or older (dashboard alerts); use unified alerting with a contact point of the type Alertmanager, which leads to an Alertmanager that posts here';
  }
  if (document.version !== '4' && isGrafana(document)) {
    const version = document.version === '1' ? ' (version "1")' : '';
    return `this is Grafana's own webhook${version}; use a contact point of the type Alertmanager, which leads to an Alertmanager that posts here`;
  }
  if ('specversion' in document) return `this is a CloudEvent; ${THROUGH_ALERTMANAGER}`;
  return undefined;
}

/** Grafana's fields that Alertmanager has not; `orgId` may be missing from a custom payload that was made after it. */
function isGrafana(document: Readonly<Record<string, unknown>>): boolean {
  return 'orgId' in document || ('state' in document && 'title' in document && 'message' in document);
}

/** https://prometheus.io/docs/alerting/latest/clients/: labels and times, without a notification around them. */
function isPrometheusList(list: readonly unknown[]): boolean {
  const [first] = list;
  return isObject(first) && isObject(first.labels) && ('startsAt' in first || 'generatorURL' in first);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
