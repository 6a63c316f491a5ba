/**
 * Reads the body of a webhook: whole or not at all, never more than the limit, never for longer than its bytes are worth, and only
 * while the bodies of all requests together leave room (body-memory.ts).
 */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import { PayloadError, UnavailableError } from '../errors.ts';
import { type BodyMemory, type OpenBody, SMALL_BODY_BYTES } from './body-memory.ts';

/** What bodies are read with. */
export interface ReadBodyOptions {
  /** Largest body. */
  readonly maxBytes: number;
  readonly memory: BodyMemory;
  readonly clock: Pick<Clock, 'elapsed' | 'after'>;
}

/**
 * A body may take 5 s, and a second more for each KiB that has come. Alertmanager sends a webhook at once: a link of 64 kbit/s carries
 * eight times as much. After 50 s it ends in any case, before the server cuts the request off without an answer.
 */
const BODY_GRACE_MS = 5_000;
const LEAST_BYTES_PER_MS = 1024 / 1000;
const LONGEST_BODY_MS = 50_000;

const BUSY = 'too many webhooks at once; please try again';
const SLOW = 'the body came too slowly; please try again';

/** Throws PayloadError for what needs not be read: 413 if it announces too much, 415 if it is compressed, which no Alertmanager does. */
export function checkAnnouncement({ headers }: IncomingMessage, maxBytes: number): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    throw new PayloadError(
      'encoding_unsupported',
      `Content-Encoding must be identity, got ${encoding}`,
      [],
      415,
    );
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

/**
 * Runs `work` with the whole body, which is counted until `work` ends; `undefined` if the sender left before the body's end. Throws
 * PayloadError (413) as soon as the body is too large, UnavailableError if it is too slow or has to make room for others. A slow one is
 * our trouble too, and not a 408: Alertmanager tries again after 5xx only, and the link may be better then.
 */
export async function withBody<Result>(
  request: IncomingMessage,
  options: ReadBodyOptions,
  work: (bytes: Uint8Array) => Promise<Result>,
): Promise<Result | undefined> {
  const refused = new AbortController();
  const body = options.memory.open(() => refused.abort(new UnavailableError('busy', BUSY)));
  try {
    // Handed on, not kept: while `work` waits, nobody needs the bytes any more.
    return await readBytes(request, { ...options, body, refused: refused.signal }).then(
      (bytes) => bytes && work(bytes),
    );
  } finally {
    body.release();
  }
}

interface OneBodyOptions extends ReadBodyOptions {
  readonly body: OpenBody;
  /** Aborts, with the error as its reason, when the body has to go. */
  readonly refused: AbortSignal;
}

function readBytes(
  request: IncomingMessage,
  { maxBytes, clock, body, refused }: OneBodyOptions,
): Promise<Uint8Array | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined>();
  const gathered = createGatherer();
  const began = clock.elapsed();
  let cancel = (): void => undefined;

  function take(chunk: Uint8Array): void {
    if (gathered.length() + chunk.length > maxBytes) end(() => reject(tooLarge(maxBytes)));
    else {
      gathered.add(chunk);
      body.grow(chunk.length);
    }
  }
  function endWhole(): void {
    body.finish();
    end(() => resolve(gathered.whole()));
  }
  function endCutOff(): void {
    end(() => resolve(undefined));
  }
  function endRefused(): void {
    end(() => reject(refused.reason));
  }
  function endSlow(): void {
    const leftMs = allowedMs(gathered.length()) - (clock.elapsed() - began);
    if (leftMs > 0) cancel = clock.after(leftMs, endSlow);
    else end(() => reject(new UnavailableError('body_slow', SLOW)));
  }
  function end(settle: () => void): void {
    cancel();
    request.off('data', take).off('end', endWhole).off('close', endCutOff);
    refused.removeEventListener('abort', endRefused);
    settle();
  }

  request.on('data', take).on('end', endWhole).on('close', endCutOff);
  refused.addEventListener('abort', endRefused);
  cancel = clock.after(allowedMs(0), endSlow);
  return promise;
}

function allowedMs(bytes: number): number {
  return Math.min(LONGEST_BODY_MS, BODY_GRACE_MS + bytes / LEAST_BYTES_PER_MS);
}

/**
 * Keeps bytes in blocks of its own. A body that comes byte by byte would else be kept as one object a byte, each a hundred times as large
 * as what it holds.
 */
function createGatherer() {
  const full: Uint8Array[] = [];
  let block = new Uint8Array(0);
  let used = 0;
  let length = 0;
  return {
    length: () => length,
    add(chunk: Uint8Array): void {
      const fits = chunk.subarray(0, block.length - used);
      block.set(fits, used);
      used += fits.length;
      length += chunk.length;
      const rest = chunk.subarray(fits.length);
      if (rest.length === 0) return;
      if (used > 0) full.push(block);
      // As much again as there is: blocks are few, and at most half of what is kept is empty.
      block = new Uint8Array(Math.max(rest.length, Math.min(length, SMALL_BODY_BYTES)));
      block.set(rest);
      used = rest.length;
    },
    whole(): Uint8Array {
      const last = block.subarray(0, used);
      return full.length === 0 ? last : Buffer.concat([...full, last], length);
    },
  };
}

function tooLarge(maxBytes: number): PayloadError {
  const message = `the body is larger than ${maxBytes} bytes; raise http.max_body, or set max_alerts in webhook_configs`;
  return new PayloadError('body_too_large', message, [], 413);
}
