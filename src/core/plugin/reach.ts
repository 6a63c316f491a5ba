/**
 * How far the connection of one request came. A request is written only once its connection is usable: TCP is connected and, for https,
 * the TLS handshake has ended and the certificate is accepted. Whatever fails before, nothing has arrived; whatever fails after, by
 * whatever error, something may have. The code of an error does not tell the two apart: a TLS 1.3 server refuses a client after the
 * client has begun to write (https://www.rfc-editor.org/rfc/rfc8446#section-4.6.2), with the same alerts as during the handshake.
 */
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Makes the one request, as `node:http` and `node:https` do. */
export interface Transport {
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

/** A transport for one request, and what it knows of its connection. */
export interface WatchedTransport {
  readonly transport: Transport;
  /** True once the request may be under way. */
  wasUsable(): boolean;
}

/** Watches one request. */
export function watchReach(): WatchedTransport {
  let usable = false;
  const markUsable = (): void => {
    usable = true;
  };
  return {
    transport: {
      request(options, onResponse) {
        const request = (options.protocol === 'https:' ? https : http).request(options, onResponse);
        request.once('socket', (socket) => {
          if (request.reusedSocket || isUsable(socket)) markUsable();
          else socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', markUsable);
        });
        return request;
      },
    },
    wasUsable: () => usable,
  };
}

/** A tunnel through a proxy is handed over when its handshake has ended; other connections when they begin. */
function isUsable(socket: Socket): boolean {
  return !socket.connecting && !(socket instanceof TLSSocket && isSecuring(socket));
}

/** Node sets this field, and its types do not know it. A socket that keeps it from us counts as usable. */
function isSecuring(socket: TLSSocket): boolean {
  return 'secureConnecting' in socket && socket.secureConnecting === true;
}
