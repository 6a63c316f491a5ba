/**
 * Gets an early answer to a sender that is still sending: a 413, say, while the rest of the body arrives. Were the connection
 * closed over unread bytes, the system would reset it and the sender might never see the answer; were it read without end, a
 * sender could keep us busy. So: answer at once, then read and forget a rest that is bounded in bytes and in time, then close.
 */
import type { IncomingMessage } from 'node:http';
import type { Context, Next } from 'koa';
import type { Clock } from '../clock.ts';

/** Longest that a sender may go on sending after its answer. */
const DRAIN_MS = 5_000;

/** A middleware, to stand before all others, that reads at most this much of a body that nobody wanted. */
export function createUnreadBodyDrain(
  mostBytes: number,
  clock: Pick<Clock, 'after'>,
): (ctx: Context, next: Next) => Promise<void> {
  return async function drainUnreadBody(ctx, next) {
    await next();
    if (ctx.req.complete || !ctx.writable || !announcesBody(ctx.req)) return;
    const answer = typeof ctx.body === 'string' ? ctx.body : '';
    ctx.respond = false;
    ctx.length = Buffer.byteLength(answer);
    ctx.set('Connection', 'close');
    if (ctx.method === 'HEAD' || answer === '') ctx.res.flushHeaders();
    else ctx.res.write(answer);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(DRAIN_MS, resolve);
    await Promise.race([drained(ctx.req, mostBytes), late]);
    cancel();
    ctx.res.end();
  };
}

function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Resolves once the request has ended, however it did, or `mostBytes` of it were thrown away. */
function drained(request: IncomingMessage, mostBytes: number): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes) resolve();
    });
    for (const end of ['end', 'close', 'error']) request.once(end, () => resolve());
    request.resume();
  });
}
