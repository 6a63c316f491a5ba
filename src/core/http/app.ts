/**
 * The HTTP edge as one Koa application: webhook paths, lifecycle, metrics. It knows requests and answers only; server.ts listens,
 * accept() does the work.
 */
import { Router } from '@koa/router';
import Koa, { type Middleware } from 'koa';
import { type Clock, systemClock } from '../clock.ts';
import type { Accept } from '../intake/accept.ts';
import type { Log } from '../plugin/contract.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Auth } from './auth.ts';
import { addLifecycleRoutes, type Readiness } from './lifecycle.ts';
import { createMethodCheck } from './methods.ts';
import { addMetricsRoute } from './metrics.ts';
import { foldPathSlashes } from './path-slashes.ts';
import { createProblemAnswerer, HttpProblem } from './problem.ts';
import { createUnreadBodyDrain } from './unread-body.ts';
import { addWebhookRoutes, createAnswerCounter, WEBHOOK_PATHS } from './webhook.ts';

/** What the edge is built from. */
export interface HttpAppOptions {
  readonly accept: Accept;
  readonly ready: () => Promise<Readiness>;
  readonly metrics: Pick<Metrics, 'webhookAnswered' | 'expose'>;
  /** Names of the enabled sinks. */
  readonly sinks: readonly string[];
  /** Largest body of a webhook. */
  readonly maxBodyBytes: number;
  /** Who may post webhooks; without it, anybody. */
  readonly auth?: Auth;
  readonly log: Log;
  readonly clock?: Pick<Clock, 'elapsed' | 'after'>;
}

/** Largest rest of an unwanted body that is read so that its sender sees the answer, as a multiple of the limit of one. */
const DRAINED_BODIES = 4;
const LONGEST_PATH_SHOWN = 100;
/** Where Prometheus posts alerts to its Alertmanagers. */
const ALERTS_API = /\/api\/v[12]\/alerts\/?$/;

/** The application. Never throws at a request; what nobody foresaw is logged and answered 500. */
export function createHttpApp(options: HttpAppOptions): Koa {
  const { accept, ready, metrics, sinks, maxBodyBytes, auth, log, clock = systemClock } = options;
  const app = new Koa({ env: 'production' });
  const router = new Router({ sensitive: true });
  const answerProblems = createProblemAnswerer(log);
  const countAnswers = createAnswerCounter(metrics, clock);
  const readOnly = createMethodCheck(['GET', 'HEAD']);

  addWebhookRoutes(router, {
    accept,
    sinks,
    maxBodyBytes,
    ...(auth === undefined ? {} : { auth }),
    clock,
    countAnswers,
    answerProblems,
  });
  addLifecycleRoutes(router, ready, readOnly);
  addMetricsRoute(router, metrics, readOnly);

  app.use(createUnreadBodyDrain(DRAINED_BODIES * maxBodyBytes, clock));
  app.use(foldPathSlashes);
  app.use(answerProblems);
  app.use(router.routes());
  app.use(createUnknownPathAnswer(countAnswers, answerProblems));
  // Connections that break while they are answered: nothing to do, and no reason to alarm anybody.
  app.on('error', (error: unknown) => log.debug('connection lost', { error }));
  return app;
}

/** A POST to a path that does not exist is most likely a webhook with a misspelt URL: counted, so that it shows. */
function createUnknownPathAnswer(countAnswers: Middleware, answerProblems: Middleware): Middleware {
  return async function answerUnknownPath(ctx, next) {
    const refuse = async () => {
      const path = JSON.stringify(ctx.path.slice(0, LONGEST_PATH_SHOWN));
      const valid = [
        ...WEBHOOK_PATHS.map((each) => `POST ${each}`),
        'GET /-/healthy',
        'GET /-/ready',
        'GET /metrics',
      ];
      if (ALERTS_API.test(ctx.path)) {
        const cure = 'Prometheus sends to an Alertmanager, whose webhook_configs name notifierd';
        throw new HttpProblem('unknown_path', `notifierd is no Alertmanager and has no ${path}: ${cure}`);
      }
      throw new HttpProblem('unknown_path', `nothing is at ${path}; there are ${valid.join(', ')}`);
    };
    if (ctx.method !== 'POST') return await refuse();
    await countAnswers(ctx, () => answerProblems(ctx, refuse));
    return await next();
  };
}
