/** Reads a request as every server that takes JSON must: all of the body, then JSON.parse. By events: iterating costs more. */
import type { IncomingMessage } from 'node:http';

/** What was posted; undefined if there is no body. Rejects for what is no JSON. */
export function readJson(request: IncomingMessage): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('error', reject);
  request.once('end', () => {
    try {
      resolve(chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString()));
    } catch (error) {
      reject(error);
    }
  });
  return promise;
}
