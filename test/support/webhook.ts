/** Webhooks as Alertmanager posts them, made for a test: version 4, one group, alerts with what a test cares about. */

import { eventually } from './eventually.ts';

/** One alert of a made-up webhook. */
export interface MadeAlert {
  readonly name: string;
  readonly status?: 'firing' | 'resolved';
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
}

/** The webhook's body. Alerts of one `group` belong together. */
export function webhookBody(group: string, alerts: readonly MadeAlert[]): string {
  const list = alerts.map(({ name, status = 'firing', labels = {}, annotations = {}, startsAt }) => ({
    status,
    labels: { alertname: name, group, severity: 'warning', ...labels },
    annotations: { description: `description of ${name}`, ...annotations },
    startsAt: startsAt ?? '2026-11-22T10:00:00.000Z',
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-11-22T11:00:00.000Z',
    generatorURL: `http://prometheus-k8s-0:9090/graph?g0.expr=${encodeURIComponent(name)}&g0.tab=1`,
  }));
  return JSON.stringify({
    version: '4',
    receiver: 'test',
    status: list.some((alert) => alert.status === 'firing') ? 'firing' : 'resolved',
    alerts: list,
    groupLabels: { group },
    commonLabels: { group },
    commonAnnotations: {},
    externalURL: 'http://alertmanager-main:9093',
    groupKey: `{}:{group="${group}"}`,
    truncatedAlerts: 0,
  });
}

/**
 * Posts until there is an answer that Alertmanager would not try again after: it does after a lost connection (under a fast clock idle ones
 * are soon closed) and after 5xx (there the outbox has a fraction of its 8 s). The answer's status; rejects after half a minute.
 */
export async function postUntilAnswered(url: string, body: string): Promise<number> {
  return await eventually(
    'the webhook is answered',
    async () => {
      const status = await postWebhook(url, body);
      return status !== 0 && status < 500 && status;
    },
    { withinMs: 30_000 },
  );
}

/** How one webhook was answered. */
export interface Answer {
  readonly status: number;
  /** The error code; absent in a 200. */
  readonly code?: string;
  /** From the first byte of the request to the last of the answer, in real milliseconds. */
  readonly tookMs: number;
}

/** Posts it once; rejects if the connection fails. */
export async function postForAnswer(url: string, body: string): Promise<Answer> {
  const began = performance.now();
  const answer = await fetch(url, { method: 'POST', body });
  // Only this field is read, and only shown.
  const { code } = (await answer.json()) as { readonly code?: string };
  const tookMs = performance.now() - began;
  return { status: answer.status, tookMs, ...(code === undefined ? {} : { code }) };
}

/** Posts it once; the answer's status, or 0 if the connection failed. */
export async function postWebhook(url: string, body: string): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
