/**
 * Reads the body of a webhook: whole or not at all, never more than the limit, and only while the bodies of all requests together
 * stay within a bound, so that memory stays flat however many Alertmanagers post at once.
 */
import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { PayloadError, UnavailableError } from '../errors.ts';

/** Bytes of bodies that are being read or accepted. */
export interface BodyBudget {
  /** Runs `work` with this many bytes reserved. Throws UnavailableError, without running it, if too much is reserved already. */
  during<Result>(bytes: number, work: () => Promise<Result>): Promise<Result>;
}

/** A budget of at most `mostBytes`. */
export function createBodyBudget(mostBytes: number): BodyBudget {
  let reserved = 0;
  return {
    async during(bytes, work) {
      if (reserved + bytes > mostBytes) {
        throw new UnavailableError('busy', 'too many webhooks at once; please try again');
      }
      reserved += bytes;
      try {
        return await work();
      } finally {
        reserved -= bytes;
      }
    },
  };
}

/**
 * How many bytes a body can take: its Content-Length, or the limit if it does not say. Throws PayloadError: 413 if it says more
 * than the limit, 415 if it is compressed, which no Alertmanager does.
 */
export function announcedBytes({ headers }: IncomingMessage, maxBytes: number): number {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    throw new PayloadError(
      'encoding_unsupported',
      `Content-Encoding must be identity, got ${encoding}`,
      [],
      415,
    );
  }
  if (headers['content-length'] === undefined)
    return headers['transfer-encoding'] === undefined ? 0 : maxBytes;
  const announced = Number(headers['content-length']);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  return announced;
}

/** The whole body; `undefined` if the sender left before its end. Throws PayloadError (413) as soon as it is too large. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    return await getRawBody(request, { limit: maxBytes, length: request.headers['content-length'] ?? null });
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === 'entity.too.large')
      throw tooLarge(maxBytes);
    if (request.destroyed && !request.complete) return undefined;
    throw error;
  }
}

function tooLarge(maxBytes: number): PayloadError {
  const message = `the body is larger than ${maxBytes} bytes; raise http.max_body, or set max_alerts in webhook_configs`;
  return new PayloadError('body_too_large', message, [], 413);
}
