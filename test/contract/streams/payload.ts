/** Webhooks of the stream tests as Alertmanager writes them, and what is stored of them read back. */
import type { Post, Told } from './driver.ts';

const NO_END = '0001-01-01T00:00:00Z';

/** The body. All posts with this group belong together. */
export function bytesOf(post: Post, group: string): Uint8Array {
  const { entries, externalURL, reason, truncated = 0 } = post;
  const alerts = entries.map(({ name, status, startsAt, endsAt, text = `text of ${name}`, bare }) => ({
    status,
    labels: bare === true ? {} : { alertname: name },
    annotations: { description: text, name },
    startsAt: instant(startsAt),
    endsAt: endsAt === undefined ? NO_END : instant(endsAt),
  }));
  const payload = {
    version: '4',
    receiver: 'people',
    status: entries.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    groupKey: group,
    groupLabels: {},
    truncatedAlerts: truncated,
    ...(externalURL === undefined ? {} : { externalURL }),
    ...(reason === undefined ? {} : { notification_reason: reason }),
  };
  return Buffer.from(JSON.stringify(payload));
}

/** The alert at this place of what is stored. */
export function toldOf(alerts: string, index: number): Told {
  // bytesOf() wrote them.
  const alert = JSON.parse(alerts)[index] as {
    readonly status: Told['status'];
    readonly annotations: { readonly name: string };
    readonly startsAt: string;
  };
  return { name: alert.annotations.name, status: alert.status, startsAt: Date.parse(alert.startsAt) };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
