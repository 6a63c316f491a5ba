/**
 * A forward proxy for plain HTTP, as companies have them: it wants a user and a password, and passes on what comes with them.
 */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

/** A running proxy. */
export interface ForwardProxy {
  /** `127.0.0.1:PORT`, for the address of a proxy: user and password go before it. */
  readonly address: string;
  /** Requests that came with the right credentials. */
  passed(): number;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startForwardProxy({
  user,
  password,
}: {
  readonly user: string;
  readonly password: string;
}): Promise<ForwardProxy> {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  let passed = 0;
  const server = createServer((request, response) => {
    if (request.headers['proxy-authorization'] !== expected) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end();
      return;
    }
    passed += 1;
    passOn(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    address: `127.0.0.1:${port}`,
    passed: () => passed,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Whatever breaks behind the proxy breaks before it too; what cannot be reached is its own 502. */
function passOn(request: IncomingMessage, response: ServerResponse): void {
  const { 'proxy-authorization': _, ...headers } = request.headers;
  // A proxy is asked with the whole address (https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2).
  const onward = httpRequest(request.url ?? '', { method: 'POST', headers });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', () => response.destroy()).pipe(response);
  });
  onward.on('error', (error) => {
    if ('code' in error && error.code === 'ECONNREFUSED')
      response.writeHead(502).end(`no way to ${request.url}`);
    else response.destroy();
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
