/**
 * A server for one POST after the other that breaks where it is told, in plain HTTP or in TLS. Bytes go through a plain TCP socket in
 * front, so that a connection can be reset, and bytes of no meaning sent, at any point, those within TLS included.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { createSecureContext, TLSSocket, type TlsOptions } from 'node:tls';

/** Where on its way an exchange breaks. */
export type Point =
  | 'accepted'
  /** The client has said its first bytes: in TLS, those of the handshake. */
  | 'first_bytes'
  /** TLS only: the handshake has ended, as the server sees it. */
  | 'secured'
  | 'headers_read'
  | 'part_of_body_read'
  | 'all_read'
  | 'half_answered'
  | 'answered'
  | 'never';

/**
 * How it breaks: the end of the connection, bytes that belong to nothing, a TLS record that cannot be decrypted, a TLS alert in clear, an
 * answer that is no HTTP, or silence.
 */
export type Break = 'reset' | 'close' | 'garbage' | 'bad_record' | 'alert' | 'no_http' | 'silence';

/** What the server does. */
export interface Breaking {
  readonly at: Point;
  readonly how: Break;
}

/** A server at work. */
export interface BreakingServer {
  readonly port: number;
  /** The requests' bodies, in the order of their arrival; one that was not read to its end is not among them. */
  bodies(): readonly string[];
  /** Bytes of requests that came, after decryption. */
  receivedBytes(): number;
  /** For all that comes from now on, on connections that exist too. */
  breakAt(breaking: Breaking): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const GARBAGE = Buffer.from('\u0000these bytes belong to nothing\u0000'.repeat(4));
/** Application data (23) and an alert (21) of TLS 1.2 and later: https://www.rfc-editor.org/rfc/rfc8446#section-5.1, and section 6. */
const BAD_RECORD = Buffer.concat([Buffer.of(23, 3, 3, 0, 64), Buffer.alloc(64, 0x5a)]);
const HANDSHAKE_FAILURE = Buffer.of(21, 3, 3, 0, 2, 2, 40);
const ANSWER_BODY = '{"errcode":0,"errmsg":"ok"}';
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${ANSWER_BODY.length}\r\n\r\n${ANSWER_BODY}`;

/** Starts one on a free port of 127.0.0.1; with TLS if there are options for it. */
export async function startBreakingServer(first: Breaking, tls?: TlsOptions): Promise<BreakingServer> {
  let breaking = first;
  let receivedBytes = 0;
  const bodies: string[] = [];
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    // What breaks is for the client to see.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };

  /** True if the exchange ends here. */
  const reach = (at: Point, { front, inside }: Ends): boolean => {
    if (breaking.at !== at) return false;
    breakNow(breaking.how, front, inside);
    return true;
  };
  const serve = (ends: Required<Ends>): void => {
    let text = '';
    let isOver = false;
    ends.inside.on('data', (chunk: Buffer) => {
      receivedBytes += chunk.length;
      if (isOver) return;
      text += chunk.toString('latin1');
      const { hasHeaders, missing, body } = readRequest(text);
      if (!hasHeaders) return;
      const isPart = body !== '' && missing > 0;
      isOver = reach('headers_read', ends) || (isPart && reach('part_of_body_read', ends));
      if (missing > 0 || isOver) return;
      bodies.push(body);
      text = '';
      isOver = reach('all_read', ends) || answer(ends);
    });
  };
  const answer = (ends: Required<Ends>): boolean => {
    const isHalf = breaking.at === 'half_answered';
    const bytes = isHalf ? ANSWER.slice(0, ANSWER.length - 10) : ANSWER;
    ends.inside.write(bytes, () => reach(isHalf ? 'half_answered' : 'answered', ends));
    return isHalf;
  };

  const server = createServer({ noDelay: true }, (front) => {
    keep(front);
    if (reach('accepted', { front })) return;
    front.once('data', (chunk: Buffer) => {
      if (reach('first_bytes', { front })) return;
      const [near, far] = duplexPair();
      near.write(chunk);
      front.pipe(near).pipe(front);
      const inside = tls === undefined ? far : secured(far, tls);
      for (const each of [near, far, inside]) keep(each);
      if (inside instanceof TLSSocket)
        inside.once('secure', () => reach('secured', { front, inside }) || serve({ front, inside }));
      else serve({ front, inside });
    });
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    bodies: () => bodies,
    receivedBytes: () => receivedBytes,
    breakAt(next) {
      breaking = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Ends {
  /** The client's side. */
  readonly front: Socket;
  /** What was said within TLS, or in front of it if there is none. */
  readonly inside?: Duplex;
}

function secured(below: Duplex, tls: TlsOptions): TLSSocket {
  return new TLSSocket(below, { ...tls, isServer: true, secureContext: createSecureContext(tls) });
}

function breakNow(how: Break, front: Socket, inside?: Duplex): void {
  switch (how) {
    case 'reset':
      front.resetAndDestroy();
      return;
    case 'close':
      (inside ?? front).end();
      return;
    case 'garbage':
      front.write(GARBAGE);
      return;
    case 'bad_record':
      front.write(BAD_RECORD);
      return;
    case 'alert':
      front.write(HANDSHAKE_FAILURE);
      return;
    case 'no_http':
      (inside ?? front).write('this is no HTTP\r\n\r\n');
      return;
    case 'silence':
      return;
    default:
      how satisfies never;
  }
}

/** What has come of a request: whether its headers are whole, how much of the body is missing, and the body. */
function readRequest(text: string): {
  readonly hasHeaders: boolean;
  readonly missing: number;
  readonly body: string;
} {
  const end = text.indexOf('\r\n\r\n');
  const body = end < 0 ? '' : text.slice(end + 4);
  const length = Number(/^content-length: (\d+)/im.exec(text)?.[1]);
  return { hasHeaders: end >= 0, missing: length - body.length, body };
}
