/**
 * The DingTalk simulator as an HTTP server on real sockets: the robots' /robot/send, the group chats as JSON and as a page, and the
 * control of robots and faults. Written from DingTalk's documents alone (https://open.dingtalk.com), knowing nothing of the daemon that
 * it tests. Time is Date.now() and timers, so that it can run under libfaketime.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerControl } from './control.ts';
import type { FaultOrder, RandomFaults } from './fault-plan.ts';
import type { Call } from './judge.ts';
import { readBody } from './message.ts';
import { parseRobots, type SimRobot } from './robot.ts';
import { DEFAULT_SETTINGS, type SimSettings } from './settings.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { playReply } from './wire.ts';

/** How to start. */
export interface DingTalkSimOptions {
  readonly robots: readonly SimRobot[];
  /** What differs from DEFAULT_SETTINGS. */
  readonly settings?: Partial<SimSettings>;
  /** Faults of the first calls. */
  readonly faults?: readonly FaultOrder[];
  readonly randomFaults?: RandomFaults;
  /** Default 0: a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Milliseconds since the Unix epoch. Default Date.now. */
  readonly now?: () => number;
}

/** A running simulator. What SimClient does over HTTP is here for tests in the same process, by the same names. */
export interface DingTalkSim
  extends Pick<Simulation, 'messages' | 'requests' | 'violations' | 'state' | 'replaceRobots' | 'forget'> {
  /** `http://127.0.0.1:41234`, without a slash at its end: a sink's endpoint. */
  readonly url: string;
  readonly port: number;
  /** Adds faults for the next calls. */
  orderFaults(orders: readonly FaultOrder[]): void;
  /** Replaces the faults by chance; null ends them. */
  randomizeFaults(random: RandomFaults | null): void;
  /** Forgets ordered faults that no call has met yet. */
  clearFaults(): void;
  /** Ends every connection, hanging ones too. Calling it twice is fine. */
  close(): Promise<void>;
}

/** Bytes of a body that are kept; more are only counted. */
const MOST_KEPT_BYTES = 1024 * 1024;

/** Starts listening. Rejects if the port is taken or a robot is not described rightly. */
export async function startDingTalkSim(options: DingTalkSimOptions): Promise<DingTalkSim> {
  const { port = 0, host = '127.0.0.1', now = Date.now } = options;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const simulation = createSimulation({ settings, robots: parseRobots(options.robots), now });
  simulation.faults.order(options.faults ?? []);
  simulation.faults.randomize(options.randomFaults ?? null);
  const server = createServer((request, response) => {
    // A sender that goes away while it still sends has made no call.
    answer(request, response, simulation, settings).catch(() => response.destroy());
  });
  await listen(server, port, host);
  // A server that listens on TCP has an address object; text is for pipes, null for one that does not listen.
  const address = server.address() as AddressInfo;
  const { messages, requests, violations, state, forget, faults } = simulation;
  return {
    messages,
    requests,
    violations,
    state,
    forget,
    replaceRobots: (robots) => simulation.replaceRobots(parseRobots(robots)),
    orderFaults: faults.order,
    randomizeFaults: faults.randomize,
    clearFaults: faults.clear,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close: () => closeServer(server),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  simulation: Simulation,
  settings: SimSettings,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  const { bytes, kept } = await readBytes(request);
  if (url.pathname !== '/robot/send') {
    answerControl({ method: request.method ?? 'GET', path: url.pathname, body: kept }, response, simulation);
    return;
  }
  const reply = simulation.receive(callOf(request, url.searchParams, { bytes, kept }));
  playReply(reply, response, settings.timeScale);
}

function callOf(
  request: IncomingMessage,
  query: URLSearchParams,
  read: { bytes: number; kept: Buffer },
): Call {
  return {
    method: request.method ?? 'GET',
    query,
    contentType: request.headers['content-type'],
    address: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    bytes: read.bytes,
    body: readBody(read.kept),
  };
}

async function readBytes(request: IncomingMessage): Promise<{ bytes: number; kept: Buffer }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (bytes < MOST_KEPT_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  }
  return { bytes, kept: Buffer.concat(chunks) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, () => resolve());
  return promise;
}

function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // The callback's error only says that the server was closed before.
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
