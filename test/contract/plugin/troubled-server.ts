/** A server on a real socket that meets every request with one kind of trouble, and knows what came. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import type { Trouble, WholeAnswer } from './troubles.ts';

/** A running server. */
export interface TroubledServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** The path and query of each request, in the order of arrival. */
  requests(): readonly string[];
  connections(): number;
  /** Resolves when the first request has been read. */
  readonly arrived: Promise<void>;
  /** Ends every connection; calling it twice is fine. */
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, until the test ends. */
export async function startTroubledServer(trouble: Trouble, context: TestContext): Promise<TroubledServer> {
  const requests: string[] = [];
  let connections = 0;
  const arrived = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    void readAll(request).then((body) => {
      arrived.resolve();
      makeTrouble(trouble, response, { request, body });
    });
  });
  server.on('connection', (socket) => {
    connections += 1;
    if (trouble.kind === 'reset_unread') socket.resetAndDestroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  context.after(close);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    connections: () => connections,
    arrived: arrived.promise,
    close,
  };
}

/** More than any client reads of one answer. */
const HUGE_BYTES = 8 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, ' ');

interface Came {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A sender that goes away while it sends has made no request that needs an answer. */
async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => request.once('end', resolve).once('close', resolve));
  return Buffer.concat(chunks).toString('utf8');
}

function makeTrouble(trouble: Trouble, response: ServerResponse, came: Came): void {
  switch (trouble.kind) {
    case 'answer':
      answerWhole(trouble, response, came);
      return;
    case 'reset_unread':
    case 'reset_after_reading':
      response.socket?.resetAndDestroy();
      return;
    case 'closes_mid_answer':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"errcode":0', () => response.destroy());
      return;
    case 'huge_answer':
      response.writeHead(200, { 'content-type': 'application/json' });
      writeMore(response, HUGE_BYTES);
      return;
    case 'no_answer':
      return;
    default:
      trouble satisfies never;
  }
}

function answerWhole(
  { status, headers = {}, body = '' }: WholeAnswer,
  response: ServerResponse,
  came: Came,
): void {
  response.writeHead(status, { ...headers });
  response.end(body === 'echo' ? echoOf(came) : body);
}

function echoOf({ request, body }: Came): string {
  const { url, headers } = request;
  const said = `bad request: POST ${url} ${JSON.stringify(headers)} ${body}`;
  return JSON.stringify({ errcode: 1, code: 1, errmsg: said, error: said, message: said, description: said });
}

function writeMore(response: ServerResponse, bytes: number): void {
  if (bytes <= 0 || response.destroyed) response.end();
  else response.write(PIECE, () => writeMore(response, bytes - PIECE.length));
}
