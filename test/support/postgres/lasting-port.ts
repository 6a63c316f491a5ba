/**
 * A port for a server that goes away and comes back: outside the range from which systems lend ports to clients and to whoever asks for
 * "any", so that nobody takes it meanwhile.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below Linux's 32768 (https://docs.kernel.org/networking/ip-sysctl.html, ip_local_port_range) and everybody else's 49152. */
const FIRST = 20_000;
const COUNT = 10_000;
const MOST_TRIES = 100;

/** A port of 127.0.0.1 on which nobody listened a moment ago. */
export async function lastingPort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${MOST_TRIES} ports from ${FIRST} to ${FIRST + COUNT - 1} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
