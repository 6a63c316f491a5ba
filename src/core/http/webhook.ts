/**
 * The paths that Alertmanager posts to. Reads the body, hands it to accept() and answers; what the body means, whether it is new
 * and where it goes is accept()'s. Nothing is answered 200 before accept() has committed it, and nothing is ever redirected.
 */
import type { Router } from '@koa/router';
import type { Context, Middleware, Next } from 'koa';
import type { Clock } from '../clock.ts';
import type { Accept, Receipt } from '../intake/accept.ts';
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
export const WEBHOOK_PATHS = ['/', '/webhook/alertmanager', '/dingtalk/<sink>/send'];

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
  for (const path of ['/', '/webhook/alertmanager']) {
    router.all(path, ...before, (ctx) => takeWebhook(ctx, { path }));
  }
  router.all('/dingtalk/:sink/send', ...before, (ctx) =>
    takeWebhook(ctx, toOneSink(ctx.params.sink ?? '', sinks)),
  );

  async function takeWebhook(
    ctx: Context,
    to: { readonly path: string; readonly sink?: string },
  ): Promise<void> {
    checkAnnouncement(ctx.req, maxBodyBytes);
    const receipt = await withBody(ctx.req, { maxBytes: maxBodyBytes, memory, clock }, (bytes) =>
      accept({ ...to, bytes }),
    );
    if (receipt === undefined) return leaveUnanswered(ctx);
    answerReceipt(ctx, receipt);
  }
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

function leaveUnanswered(ctx: Context): void {
  ctx.respond = false;
  ctx.res.destroy();
}

function answerReceipt(ctx: Context, receipt: Receipt): void {
  const { notificationId, duplicate, received, queued, relisted } = receipt;
  ctx.status = 200;
  ctx.body = { notification: notificationId, duplicate, events: { received, queued, relisted } };
}
