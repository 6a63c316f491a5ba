/**
 * Several slashes in a row count as one. An address that was put together from two parts, each with a slash, leads where it was meant;
 * never by a redirect, which Alertmanager would take for a failure that no retry mends.
 */
import type { Context, Next } from 'koa';

/** The path with one slash for each run of them. Takes time that grows with the length. */
export function foldSlashes(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

/** A middleware that folds the slashes of the request's path, so that routes, logs and streams know one spelling. */
export async function foldPathSlashes(ctx: Context, next: Next): Promise<void> {
  if (ctx.path.includes('//')) ctx.path = foldSlashes(ctx.path);
  await next();
}
