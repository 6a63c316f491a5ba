/** A proxy that makes tunnels (CONNECT, https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6), or refuses every one. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** A running proxy. */
export interface TunnelProxy {
  readonly url: string;
  /** Tunnels that were asked for. */
  asked(): number;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startTunnelProxy({ refuses }: { readonly refuses: boolean }): Promise<TunnelProxy> {
  let asked = 0;
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer();
  server.on('connect', ({ url = '' }, client) => {
    asked += 1;
    keep(client);
    client.on('error', () => undefined);
    if (refuses) return void client.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    const { hostname, port } = new URL(`http://${url}`);
    const onward = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(onward).pipe(client);
    });
    keep(onward);
    // A reset travels through.
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
