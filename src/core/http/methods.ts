/**
 * A path takes the methods that it is made for; any other is answered 405, on webhook paths too: a redirect that Alertmanager
 * followed arrives as a GET without body, and a 2xx to that would count as delivered.
 */
import type { Context, Next } from 'koa';
import { HttpProblem } from './problem.ts';

/** A middleware that lets only these methods pass. */
export function createMethodCheck(allowed: readonly string[]): (ctx: Context, next: Next) => Promise<void> {
  return async function checkMethod(ctx, next) {
    if (allowed.includes(ctx.method)) return await next();
    throw new HttpProblem(
      'method_not_allowed',
      `${ctx.path} takes ${allowed.join(' and ')}, got ${ctx.method}`,
      {
        Allow: allowed.join(', '),
      },
    );
  };
}
