/**
 * Whether notifierd lives and whether it can serve, as Prometheus and Alertmanager tell it
 * (https://prometheus.io/docs/prometheus/latest/management_api/).
 */
import type { Router } from '@koa/router';
import type { Middleware } from 'koa';

/** Can webhooks be accepted now; and what is waited for, or in trouble: one line each, without secrets. */
export interface Readiness {
  readonly ready: boolean;
  readonly detail: readonly string[];
}

/** Adds `/-/healthy`, always 200, and `/-/ready`, 200 or 503 with what is waited for. */
export function addLifecycleRoutes(
  router: Router,
  ready: () => Promise<Readiness>,
  checkMethod: Middleware,
): void {
  router.all('/-/healthy', checkMethod, (ctx) => {
    ctx.body = 'OK\n';
  });
  router.all('/-/ready', checkMethod, async (ctx) => {
    const now = await ready();
    ctx.status = now.ready ? 200 : 503;
    ctx.body = [now.ready ? 'ready' : 'not ready', ...now.detail, ''].join('\n');
  });
}
