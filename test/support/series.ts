/**
 * Series for a real Prometheus to scrape: an HTTP server whose metrics are what the test sets, so that rules fire on data that
 * really came in.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';

/** A scrapable server. */
export interface SeriesServer {
  /** `127.0.0.1:PORT`, as Prometheus's static_configs want it. */
  readonly address: string;
  /** Sets the value of one series from the next scrape on. */
  set(name: string, labels: Readonly<Record<string, string>>, value: number): void;
  /** The series is gone from the next scrape on. */
  remove(name: string, labels: Readonly<Record<string, string>>): void;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, without series. */
export async function startSeries(): Promise<SeriesServer> {
  const values = new Map<string, number>();
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end([...values].map(([series, value]) => `${series} ${value}\n`).join(''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return {
    address: `127.0.0.1:${address.port}`,
    set: (name, labels, value) => void values.set(series(name, labels), value),
    remove: (name, labels) => void values.delete(series(name, labels)),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** A series in the text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
function series(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
