/**
 * Connections that nothing is asked on: opened and silent, in the middle of a head, or kept alive after an answer. They are harmless but
 * for their number: when there are too many connections, the one that has been silent for longest makes room for a new one.
 * The opposite is a connection that asks again and again before it has read its answers: it is ended.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Most requests under way on one connection. Nobody who means well sends a request before the answer to the last has come; but a client may
 * have read an answer before the server has seen its end.
 */
export const MOST_REQUESTS_UNDER_WAY = 8;

/** The silent connections of one server. */
export interface SilentConnections {
  /** Ends them all, and from then on each as it falls silent. */
  end(): void;
}

/** Watches a server, and keeps it to at most `most` connections. One that is ended so is tried again by Alertmanager. */
export function watchSilentConnections(server: Server, most: number): SilentConnections {
  // In the order in which they fell silent.
  const silent = new Set<Socket>();
  const requests = new Map<Socket, number>();
  let ending = false;

  function fallSilent(socket: Socket): void {
    if (ending) socket.destroySoon();
    else silent.add(socket);
  }

  function forget(socket: Socket): void {
    silent.delete(socket);
    requests.delete(socket);
  }

  server.on('connection', (socket) => {
    requests.set(socket, 0);
    silent.add(socket);
    socket.once('close', () => forget(socket));
    if (requests.size <= most) return;
    const [longest] = silent;
    longest?.destroy();
    if (longest !== undefined) forget(longest);
  });
  server.on('request', ({ socket }, answer) => {
    silent.delete(socket);
    const underWay = (requests.get(socket) ?? 0) + 1;
    requests.set(socket, underWay);
    if (underWay > MOST_REQUESTS_UNDER_WAY) socket.destroy();
    answer.once('close', () => {
      const left = (requests.get(socket) ?? 1) - 1;
      if (socket.destroyed) return;
      requests.set(socket, left);
      if (left === 0) fallSilent(socket);
    });
  });
  return {
    end() {
      ending = true;
      for (const socket of silent) socket.destroy();
    },
  };
}
