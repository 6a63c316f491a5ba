/**
 * Plays a reply on the socket: the ordinary ones at once, the faulty ones as they come in the wild. Timers end with their connection,
 * so that nothing outlives a closed simulator.
 */
import type { ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

/** Answers, or does whatever the reply asks for in place of an answer. `timeScale` divides its durations. */
export function playReply(reply: Reply, response: ServerResponse, timeScale: number): void {
  const waitMs = reply.waitMs === undefined ? undefined : reply.waitMs / timeScale;
  switch (reply.manner) {
    case 'whole':
      if (waitMs === undefined) sendWhole(reply, response);
      else after(waitMs, response, () => sendWhole(reply, response));
      break;
    case 'hang':
      if (waitMs !== undefined) after(waitMs, response, () => response.destroy());
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'drip':
      drip(reply, response);
      break;
    case 'truncated':
      truncate(reply, response);
      break;
    default:
      reply.manner satisfies never;
  }
}

const DRIP_MS = 20;

function sendWhole({ status, headers, body }: Reply, response: ServerResponse): void {
  response.writeHead(status ?? 200, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.end(body);
}

function drip({ status, headers, body }: Reply, response: ServerResponse): void {
  const bytes = Buffer.from(body);
  response.writeHead(status ?? 200, headers);
  const dripFrom = (index: number): void => {
    response.write(index < bytes.length ? bytes.subarray(index, index + 1) : ' ');
    after(DRIP_MS, response, () => dripFrom(index + 1));
  };
  dripFrom(0);
}

function truncate({ status, headers, body }: Reply, response: ServerResponse): void {
  const bytes = Buffer.from(body);
  response.writeHead(status ?? 200, { ...headers, 'content-length': String(bytes.length) });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}

function after(ms: number, response: ServerResponse, act: () => void): void {
  const onTime = (): void => {
    response.off('close', stop);
    act();
  };
  const timer = setTimeout(onTime, ms);
  const stop = (): void => clearTimeout(timer);
  response.once('close', stop);
}
