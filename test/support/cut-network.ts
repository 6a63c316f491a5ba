/**
 * A network that a test can break: a TCP proxy in front of a server, through which everything flows until it is told otherwise. Beside
 * gate.ts, which plays a service that is down, it plays the faults of the way there: a cable that is pulled, a slow line.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownPort } from './own-port.ts';

/** The way to one server. */
export interface CutNetwork {
  /** 127.0.0.1; the port stays the same whatever happens. */
  readonly host: string;
  readonly port: number;
  /** Black hole: connections stay open, old ones and new, and nothing comes through, not even their end. */
  cut(): Promise<void>;
  /** Resets all connections and refuses new ones. */
  refuse(): Promise<void>;
  /** Every byte arrives `ms` later, in each direction; 0 ends it. What is under way keeps its delay. */
  slow(ms: number): void;
  /**
   * All flows again, without delay. Connections that lived through a cut are reset, and what was under way is lost; with `keepHeld` they
   * live on, and it arrives late.
   */
  heal(options?: { readonly keepHeld?: boolean }): Promise<void>;
  /** Connections through it. One that was ended during a cut counts until the other side has heard of that. */
  connections(): number;
  /** Resets all connections and ends it; twice is fine. */
  close(): Promise<void>;
}

/** What all connections go by. */
interface Line {
  delayMs: number;
  /** Resolved while bytes flow; once it is cut, another one that is resolved when it is healed. */
  open: Promise<void>;
}

/** The sockets of one connection that are open: the client's and, once there is one, ours to the server. */
type Pair = Set<Socket>;

/** What a connection has to know. */
interface Way {
  readonly behind: { readonly host: string; readonly port: number };
  readonly line: Line;
  readonly pairs: Set<Pair>;
}

const HOST = '127.0.0.1';
/** How much one direction takes up before its sender has to wait: about as much as the buffers of two sockets. */
const MOST_UNDER_WAY_BYTES = 256 * 1_024;

/** Begins with everything flowing. Connections are reset if the server cannot be reached. Close it in the end. */
export async function startCutNetwork(behind: {
  readonly host: string;
  readonly port: number;
}): Promise<CutNetwork> {
  const line: Line = { delayMs: 0, open: Promise.resolve() };
  const pairs = new Set<Pair>();
  const accept = (client: Socket) => void join(client, { behind, line, pairs });
  const port = await ownPort();
  let server = await listen(port, accept);
  let reopen: (() => void) | undefined;

  const resetAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };
  const flow = () => {
    line.delayMs = 0;
    reopen?.();
    reopen = undefined;
  };
  const relisten = async () => {
    if (!server.listening) server = await listen(port, accept);
  };
  const refuse = async () => {
    resetAll();
    flow();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  return {
    host: HOST,
    port,
    async cut() {
      if (reopen === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        line.open = promise;
        reopen = resolve;
      }
      await relisten();
    },
    refuse,
    slow(ms) {
      line.delayMs = ms;
    },
    async heal({ keepHeld = false } = {}) {
      if (reopen !== undefined && !keepHeld) resetAll();
      flow();
      await relisten();
    },
    connections: () => pairs.size,
    close: refuse,
  };
}

async function listen(port: number, accept: (client: Socket) => void): Promise<Server> {
  // Half open: the end of one direction has to travel too, and is not to be answered here.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
  server.listen(port, HOST);
  await once(server, 'listening');
  return server;
}

/** Connects to the server behind; during a cut the client waits for that as for everything else. */
async function join(client: Socket, { behind, line, pairs }: Way): Promise<void> {
  const pair: Pair = new Set();
  const keep = (socket: Socket) => {
    pair.add(socket);
    // The error itself is for whoever sits at the other end.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      pair.delete(socket);
      if (pair.size === 0) pairs.delete(pair);
    });
  };
  pairs.add(pair);
  keep(client);
  await untilOpen(line);
  if (client.destroyed) return;
  const server = connect({ ...behind, allowHalfOpen: true, noDelay: true });
  keep(server);
  carry(client, server, line);
  carry(server, client, line);
}

/** Takes what one socket receives, its end included, to the other: in order, late as the line has it, and not while it is cut. */
function carry(from: Socket, to: Socket, line: Line): void {
  let underWayBytes = 0;
  let last = Promise.resolve();
  const inTurn = (deliver: () => unknown) => {
    const dueAt = performance.now() + line.delayMs;
    last = last.then(async () => {
      await untilDue(dueAt);
      await untilOpen(line);
      await deliver();
    });
  };
  from.on('data', (chunk: Buffer) => {
    underWayBytes += chunk.length;
    if (underWayBytes > MOST_UNDER_WAY_BYTES) from.pause();
    inTurn(async () => {
      await write(to, chunk);
      underWayBytes -= chunk.length;
      from.resume();
    });
  });
  from.on('end', () => inTurn(() => to.end()));
  from.on('close', (hadError) => inTurn(() => (hadError ? to.resetAndDestroy() : to.destroy())));
}

/** Looks again after each wait: it may be cut once more by then. */
async function untilOpen(line: Line): Promise<void> {
  let passed: Promise<void> | undefined;
  while (passed !== line.open) {
    passed = line.open;
    await passed;
  }
}

async function untilDue(dueAt: number): Promise<void> {
  const restMs = dueAt - performance.now();
  // Bytes under way do not keep a process: its sockets do.
  if (restMs > 0) await sleep(restMs, undefined, { ref: false });
}

/** Settles when they are on their way, or cannot be any more. */
function write(to: Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => void to.write(chunk, () => resolve()));
}
