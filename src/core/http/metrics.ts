/**
 * The page that Prometheus scrapes. What it says is core/telemetry's.
 */
import type { Router } from '@koa/router';
import type { Middleware } from 'koa';
import type { Metrics } from '../telemetry/metrics.ts';

/** Adds `/metrics`. */
export function addMetricsRoute(
  router: Router,
  metrics: Pick<Metrics, 'expose'>,
  checkMethod: Middleware,
): void {
  router.all('/metrics', checkMethod, async (ctx) => {
    const { contentType, body } = await metrics.expose();
    ctx.set('Content-Type', contentType);
    ctx.body = body;
  });
}
