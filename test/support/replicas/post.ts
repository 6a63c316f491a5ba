/** Webhooks posted as Alertmanager does it through a Service: to any replica, again and again, until one takes it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { renderWebhook, type StormWebhook } from '../storm/load.ts';
import type { PostedWebhook } from '../storm/report.ts';
import type { Replica } from './replica.ts';

/** How a webhook was answered. */
export interface Answer {
  /** 0: the connection failed, or there was no answer in time. */
  readonly status: number;
  /** What the answer says; empty without one. */
  readonly text: string;
}

/** Alertmanager waits for as long as the group's interval; a load balancer for less. */
const ANSWER_WITHIN_MS = 12_000;
const POST_AGAIN_AFTER_MS = 100;

/** Posts it once, to this one. */
export async function postOnce({ url }: Pick<Replica, 'url'>, body: string): Promise<Answer> {
  try {
    const answer = await fetch(`${url}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return { status: 0, text: '' };
  }
}

/** Posts it to one after the other, the `first` (a position) at first, until one answers 200. Rejects once `signal` aborts. */
export async function postUntilTaken(
  replicas: readonly Replica[],
  body: string,
  { first, signal }: { readonly first: number; readonly signal: AbortSignal },
): Promise<void> {
  for (let turn = first; ; turn++) {
    signal.throwIfAborted();
    const replica = replicas[turn % replicas.length];
    if (replica !== undefined && (await postOnce(replica, body)).status === 200) return;
    await sleep(POST_AGAIN_AFTER_MS);
  }
}

/**
 * Posts each of a load at its time, in turns at each replica first; resolves once all are acknowledged. Those of one group go one after
 * the other: Alertmanager does not post what comes next of a group before the last was answered.
 */
export async function postLoad(
  replicas: readonly Replica[],
  webhooks: readonly StormWebhook[],
  signal: AbortSignal,
): Promise<readonly PostedWebhook[]> {
  const startAt = Date.now();
  const latestOf = new Map<string, Promise<PostedWebhook>>();
  const post = async (
    webhook: StormWebhook,
    { index, latest }: { readonly index: number; readonly latest: Promise<unknown> | undefined },
  ): Promise<PostedWebhook> => {
    await sleep(Math.max(0, startAt + webhook.atMs - Date.now()), undefined, { signal });
    await latest;
    const begunAt = Date.now();
    await postUntilTaken(replicas, renderWebhook(webhook, begunAt), { first: index, signal });
    return { webhook, begunAt };
  };
  return await Promise.all(
    webhooks.map((webhook, index) => {
      const posted = post(webhook, { index, latest: latestOf.get(webhook.group) });
      latestOf.set(webhook.group, posted);
      return posted;
    }),
  );
}
