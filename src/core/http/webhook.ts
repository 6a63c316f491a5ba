/**
 * The paths that Alertmanager posts to. Reads the body, hands it to accept() and answers; what the body means, whether it is new
 * and where it goes is accept()'s. Nothing is answered 200 before accept() has committed it, and nothing is ever redirected.
 */
import type { Router } from '@koa/router';
import type { Context, Middleware, Next } from 'koa';
import type { Clock } from '../clock.ts';
import type { Accept, Receipt } from '../intake/accept.ts';
import type { Arrival } from '../intake/incoming.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Auth, createAuthCheck } from './auth.ts';
import { createBodyMemory } from './body-memory.ts';
import { createMethodCheck } from './methods.ts';
import { HttpProblem } from './problem.ts';
import { checkAnnouncement, withBody } from './read-body.ts';

/** What the webhook paths need. */
export interface WebhookOptions {
  readonly accept: Accept;
  /** Names of the sinks that `/dingtalk/<sink>/send` can name. */
  readonly sinks: readonly string[];
  readonly maxBodyBytes: number;
  readonly auth?: Auth;
  /** Measures how long a body takes. */
  readonly clock: Pick<Clock, 'elapsed' | 'after'>;
  /** Counts answers; to stand before answerProblems, so that it sees what they answer. */
  readonly countAnswers: Middleware;
  /** Turns what is thrown into answers. */
  readonly answerProblems: Middleware;
}

/** The paths as people are told of them. */
export const WEBHOOK_PATHS = [
  '/',
  '/webhook/alertmanager',
  '/webhook/alertmanager/<source>',
  '/dingtalk/<sink>/send',
  '/dingtalk/<sink>/send/<source>',
];

/** Most bytes of bodies in memory at once, as a multiple of the limit of one; one part of these is kept for small bodies. */
const BODIES_AT_ONCE = 8;

/** Adds the webhook paths, each with or without one trailing slash. */
export function addWebhookRoutes(router: Router, options: WebhookOptions): void {
  const { accept, sinks, maxBodyBytes, clock, countAnswers, answerProblems } = options;
  const memory = createBodyMemory({
    mostBytes: BODIES_AT_ONCE * maxBodyBytes,
    smallShareBytes: maxBodyBytes,
  });
  const before = [
    countAnswers,
    answerProblems,
    createMethodCheck(['POST']),
    ...(options.auth === undefined ? [] : [createAuthCheck(options.auth)]),
  ];
  router.all('/', ...before, (ctx) => takeWebhook(ctx, { path: '/' }));
  for (const end of ['', '/:source']) {
    router.all(`/webhook/alertmanager${end}`, ...before, (ctx) =>
      takeWebhook(ctx, { path: '/webhook/alertmanager', ...sourceOf(ctx.params) }),
    );
    router.all(`/dingtalk/:sink/send${end}`, ...before, (ctx) =>
      takeWebhook(ctx, { ...toOneSink(ctx.params.sink ?? '', sinks), ...sourceOf(ctx.params) }),
    );
  }

  async function takeWebhook(ctx: Context, to: Omit<Arrival, 'bytes' | 'isWanted'>): Promise<void> {
    const isWanted = () => isThere(ctx);
    checkAnnouncement(ctx.req, maxBodyBytes);
    const receipt = await withBody(ctx.req, { maxBytes: maxBodyBytes, memory, clock }, async (bytes) => {
      await afterNextLook();
      return isWanted() ? await accept({ ...to, bytes, isWanted }) : undefined;
    });
    if (receipt === undefined) return leaveUnanswered(ctx);
    answerReceipt(ctx, receipt);
  }
}

/**
 * When all connections have been looked at once more. After a pause of the process a body and the end of its connection wait side by side: a
 * sender that gave up meanwhile is seen before what it had posted is taken.
 */
function afterNextLook(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** Whether the sender can still be answered. One that has closed its side of the connection cannot: Node closes the other. */
function isThere({ req: { socket } }: Context): boolean {
  return !socket.destroyed && !socket.readableEnded;
}

/** A middleware that counts each answer with its status and duration. A sender that left got no answer, so none is counted. */
export function createAnswerCounter(
  metrics: Pick<Metrics, 'webhookAnswered'>,
  clock: Pick<Clock, 'elapsed'>,
) {
  return async function countAnswers(ctx: Context, next: Next): Promise<void> {
    const began = clock.elapsed();
    await next();
    if (ctx.respond !== false) metrics.webhookAnswered(ctx.status, (clock.elapsed() - began) / 1000);
  };
}

function toOneSink(sink: string, sinks: readonly string[]): { path: string; sink: string } {
  if (!sinks.includes(sink)) {
    throw new HttpProblem(
      'unknown_sink',
      `no sink is named ${JSON.stringify(sink)}; there are ${sinks.join(', ')}`,
    );
  }
  return { path: `/dingtalk/${sink}/send`, sink };
}

/** Most characters of a source. */
const LONGEST_SOURCE = 100;

/** The source that the path names: any text, but not a very long one. */
function sourceOf({ source }: Readonly<Record<string, string>>): { readonly source?: string } {
  if (source === undefined) return {};
  const length = [...source].length;
  if (length <= LONGEST_SOURCE) return { source };
  throw new HttpProblem(
    'source_too_long',
    `the name of the source, at the end of the path, has ${length} characters; expected at most ${LONGEST_SOURCE}`,
  );
}

function leaveUnanswered(ctx: Context): void {
  ctx.respond = false;
  ctx.res.destroy();
}

function answerReceipt(ctx: Context, receipt: Receipt): void {
  const { notificationId, duplicate, received, queued, relisted } = receipt;
  ctx.status = 200;
  ctx.body = { notification: notificationId, duplicate, events: { received, queued, relisted } };
}
