/**
 * Ports for servers that cannot be told "any free port and say which" (Prometheus, Alertmanager), or that go away and come back at the same
 * address. Test processes run side by side, and between choosing a port and listening there lie seconds: a port is kept from all others.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems lend to clients and to whoever asks for "any": from 32768 on in Linux
 * (https://docs.kernel.org/networking/ip-sysctl.html, ip_local_port_range), from 16000 on in containers under gVisor
 * (https://github.com/google/gvisor/blob/master/pkg/tcpip/ports/ports.go), from 49152 on elsewhere.
 */
const FIRST = 11_000;
const COUNT = 4_900;
/**
 * Who holds the UDP port so many below, owns the port. The system gives it back when the process ends, however it ends. Not the UDP port of
 * the same number: Alertmanager's cluster listens there itself.
 */
const TOKEN_BELOW = 5_000;
const MOST_TRIES = 100;
const HOST = '127.0.0.1';

/** A port of 127.0.0.1 on which nobody listens; no other caller gets it as long as this process lives. */
export async function ownPort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error(`none of ${MOST_TRIES} ports from ${FIRST} to ${FIRST + COUNT - 1} is free`);
}

async function claim(port: number): Promise<boolean> {
  const token = createSocket('udp4').unref();
  try {
    token.bind({ port: port - TOKEN_BELOW, address: HOST, exclusive: true });
    await once(token, 'listening');
    return true;
  } catch {
    token.close();
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
