/**
 * A yardstick: plain Koa, which reads and parses what is posted, stores nothing, and answers 200. With `--metrics` prom-client's default
 * metrics as well, as any Koa service that can be watched has them.
 */
import Koa from 'koa';
import { listen } from './listen.ts';
import { readJson } from './read-json.ts';

const app = new Koa();
if (process.argv.includes('--metrics')) {
  const { collectDefaultMetrics, register } = await import('prom-client');
  collectDefaultMetrics();
  app.use(async (ctx, next) => {
    if (ctx.path !== '/metrics') return await next();
    ctx.type = register.contentType;
    ctx.body = await register.metrics();
  });
}
app.use(async (ctx) => {
  await readJson(ctx.req);
  ctx.body = { ok: true };
});
listen(app.callback());
