/**
 * Listens for the HTTP edge, and stops listening: new connections are refused at once, which Alertmanager retries, and requests
 * under way get a grace to end.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type Koa from 'koa';
import { type Clock, systemClock } from '../clock.ts';
import { NotifierdError } from '../errors.ts';
import { ownValue } from '../event/own-value.ts';
import { type SilentConnections, watchSilentConnections } from './silent-connections.ts';

/** Where to listen. */
export interface ListenOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Most connections at once; 5,000 unless told. */
  readonly mostConnections?: number;
  readonly clock?: Pick<Clock, 'wait'>;
}

/** A server that listens. */
export interface HttpServer {
  /** Where it can be opened from this machine. */
  readonly url: string;
  readonly port: number;
  /** Stops; requests still under way after `graceMs` are cut off. Resolves when all have ended. Calling it twice is fine. */
  stop(graceMs: number): Promise<void>;
}

/** Longest that a sender may take for the head of a request, and for all of it. read-body.ts asks more of bodies. */
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often Node looks whether these are over. */
const CHECK_EVERY_MS = 5_000;
/** Longest that nothing moves on a connection: its client reads no answer, or is gone. */
const STILL_TIMEOUT_MS = 60_000;
/** Larger heads are answered 431. Alertmanager's are below 1 KiB, and a token makes them little longer. */
const MOST_HEAD_BYTES = 16 * 1024;
/** Each takes some 20 kB and a file descriptor. A large cluster has some tens of Alertmanagers and Prometheus servers. */
const MOST_CONNECTIONS = 5_000;

/** Ways for a request to break off that are not the sender's mistake. */
const UNANSWERED = new Set(['ERR_HTTP_REQUEST_TIMEOUT', 'ECONNRESET', 'HPE_INVALID_EOF_STATE']);

/** What Node's codes mean here, and how to mend it. */
const LISTEN_FAILURES: Readonly<Record<string, { readonly meaning: string; readonly hint: string }>> = {
  EADDRINUSE: {
    meaning: 'something else listens there',
    hint: 'stop the other notifierd, or choose another http.port',
  },
  EACCES: { meaning: 'not permitted', hint: 'choose an http.port above 1023' },
  EADDRNOTAVAIL: {
    meaning: 'this machine has no such address',
    hint: 'mend http.host; 0.0.0.0 means every address',
  },
  ENOTFOUND: { meaning: 'that name has no address', hint: 'mend http.host; 0.0.0.0 means every address' },
};

/** Resolves once it listens. Rejects with a NotifierdError (`listen_failed`) that says why it cannot. */
export async function startHttpServer(app: Koa, options: ListenOptions): Promise<HttpServer> {
  const server = createServer({
    headersTimeout: HEAD_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    maxHeaderSize: MOST_HEAD_BYTES,
  });
  server.timeout = STILL_TIMEOUT_MS;
  const silent = watchSilentConnections(server, options.mostConnections ?? MOST_CONNECTIONS);
  const underWay = new Set<ServerResponse>();
  server.on('request', (_, answer) => {
    underWay.add(answer);
    answer.once('close', () => underWay.delete(answer));
    if (!server.listening) closeAfter(answer);
  });
  const answerRequest = app.callback();
  server.on('request', (request, answer) => {
    // What a connection that was ended has sent already is parsed to its end.
    if (!request.socket.destroyed) void answerRequest(request, answer);
  });
  server.on('clientError', endBrokenRequest);
  const { port } = await listen(server, options);
  let stopped: Promise<void> | undefined;
  return {
    url: urlOf(options.host, port),
    port,
    stop(graceMs) {
      stopped ??= stop(server, { silent, graceMs, clock: options.clock ?? systemClock });
      for (const answer of underWay) closeAfter(answer);
      return stopped;
    },
  };
}

/** A connection that is kept alive after its last answer would hold up the stop until it times out. */
function closeAfter(answer: ServerResponse): void {
  if (!answer.headersSent) answer.setHeader('Connection', 'close');
}

/**
 * A sender that was too slow or left gets no answer: Alertmanager tries again after that, as it would not after Node's own 408.
 * What is not HTTP gets 400.
 */
function endBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (UNANSWERED.has(error.code ?? '') || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(server: Server, { host, port }: ListenOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.name;
      const known = ownValue(LISTEN_FAILURES, code);
      const why = known === undefined ? code : `${known.meaning} (${code})`;
      reject(new NotifierdError('listen_failed', `cannot listen on ${host}:${port}: ${why}`, known?.hint));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        return reject(new Error(`no TCP address: ${address}`));
      resolve(address);
    });
  });
}

function urlOf(host: string, port: number): string {
  const open: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '': '127.0.0.1', '::': '::1' };
  const reachable = ownValue(open, host) ?? host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

interface StopOptions {
  readonly silent: SilentConnections;
  readonly graceMs: number;
  readonly clock: Pick<Clock, 'wait'>;
}

async function stop(server: Server, { silent, graceMs, clock }: StopOptions): Promise<void> {
  const ended = new AbortController();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  silent.end();
  const cutOff = clock.wait(graceMs, ended.signal).then(() => server.closeAllConnections());
  await closed;
  ended.abort();
  await cutOff;
}
