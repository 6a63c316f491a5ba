/**
 * A way to a server that a test can close and open again: while it is closed, connections are refused, as by a host whose service is
 * down, and nobody can have seen anything. Faults that a server plays itself come after the connection; this one comes before.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way through. */
export interface Gate {
  /** `http://127.0.0.1:PORT`, the same whether it is open or closed. */
  readonly url: string;
  /** Refuses connections from now on, and ends those that there are. */
  close(): Promise<void>;
  /** Lets connections through, as at first. */
  open(): Promise<void>;
}

/** An open gate to the server at this address, on a free port of 127.0.0.1. Close it in the end. */
export async function openGate(serverUrl: string): Promise<Gate> {
  const behind = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let server = createPassage(behind, sockets);
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
    async open() {
      if (server.listening) return;
      server = createPassage(behind, sockets);
      await listen(server, port);
    },
  };
}

function createPassage({ hostname, port }: URL, sockets: Set<Socket>): Server {
  return createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      // What ends one side ends the other; the error itself is for whoever sits there.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
