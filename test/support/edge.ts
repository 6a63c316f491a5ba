/** The HTTP edge alone, over real sockets in this process: its webhooks are taken and forgotten. */
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { createHttpApp, type HttpAppOptions } from '../../src/core/http/app.ts';
import { startHttpServer } from '../../src/core/http/server.ts';

/** An edge that listens. */
export interface Edge {
  readonly port: number;
  /** Sends these bytes on a connection of their own; the first bytes that come back. */
  exchange(bytes: string): Promise<string>;
}

/** Starts one, with one sink, `log`; it stops with the test. */
export async function startEdge(t: TestContext, options: Partial<HttpAppOptions> = {}): Promise<Edge> {
  const quiet = () => undefined;
  const app = createHttpApp({
    accept: async () => ({ notificationId: 'n', duplicate: false, received: 0, queued: 0, relisted: 0 }),
    ready: async () => ({ ready: true, detail: [] }),
    metrics: { webhookAnswered: quiet, expose: async () => ({ contentType: 'text/plain', body: '' }) },
    sinks: ['log'],
    maxBodyBytes: 1024 * 1024,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    ...options,
  });
  const server = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
  t.after(() => server.stop(0));
  return {
    port: server.port,
    exchange: (bytes) =>
      new Promise((resolve, reject) => {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', reject);
        socket.once('data', (piece) => {
          socket.destroy();
          resolve(piece.toString());
        });
        socket.write(bytes);
      }),
  };
}
