/**
 * How notifications cross to the outbox's thread and their answers come back: pure. A structured clone writes the name of every field of
 * every alert again, and makes texts of bytes that will be stored as bytes; as one text and one block of bytes, which changes hands instead
 * of being copied, a webhook of 100 alerts crosses in a third of the time.
 */
import type { Appended, NewNotification, NewPiece } from '../contract.ts';

/** A notification with the number under which it is answered. */
export interface NumberedAppend {
  readonly id: number;
  readonly request: NewNotification;
}

/** Several of them on their way. */
export interface PackedAppends {
  /** Everything but the alerts, as JSON. */
  readonly text: string;
  /** The alerts of all pieces, one after the other; owns its memory, so that it can be handed over. */
  readonly alerts: Uint8Array<ArrayBuffer>;
}

/** An answer with its number. */
export interface NumberedAnswer {
  readonly id: number;
  readonly value: Appended;
}

interface PackedPiece extends Omit<NewPiece, 'alerts'> {
  /** Bytes of its alerts. */
  readonly size: number;
}

interface PackedAppend extends Omit<NumberedAppend, 'request'> {
  readonly request: Omit<NewNotification, 'pieces'> & { readonly pieces: readonly PackedPiece[] };
}

/** To be handed over. */
export function packAppends(appends: readonly NumberedAppend[]): PackedAppends {
  let size = 0;
  const packed = appends.map(({ id, request }): PackedAppend => {
    const pieces = request.pieces.map(({ alerts, ...piece }) => {
      const own = typeof alerts === 'string' ? Buffer.byteLength(alerts) : alerts.length;
      size += own;
      return { ...piece, size: own };
    });
    return { id, request: { ...request, pieces } };
  });
  // Not from Buffer's pool, which others use too.
  const all = Buffer.from(new ArrayBuffer(size));
  let at = 0;
  for (const { request } of appends) {
    for (const { alerts } of request.pieces) {
      if (typeof alerts === 'string') at += all.write(alerts, at);
      else {
        all.set(alerts, at);
        at += alerts.length;
      }
    }
  }
  return { text: JSON.stringify(packed), alerts: all };
}

/** A notification that has come over. */
export interface UnpackedAppend extends NumberedAppend {
  /** Its alerts are not needed any more. */
  done(): void;
}

/** The same notifications; their alerts are bytes, whose memory is given back when all of them are done. */
export function unpackAppends({ text, alerts }: PackedAppends): UnpackedAppend[] {
  // Only packAppends() writes it.
  const packed = JSON.parse(text) as PackedAppend[];
  let [at, left] = [0, packed.length];
  const done = (): void => {
    left -= 1;
    // At once: a collector that looks for memory outside its heap is slow to find it.
    if (left === 0) alerts.buffer.transfer(0);
  };
  return packed.map(({ id, request }) => {
    const pieces = request.pieces.map(({ size, ...piece }) => {
      at += size;
      return { ...piece, alerts: alerts.subarray(at - size, at) };
    });
    return { id, request: { ...request, pieces }, done };
  });
}

/** An answer as JSON has it: a Map is its entries. */
interface PackedAnswer {
  readonly id: number;
  readonly value: Appended;
  readonly queued: readonly (readonly [string, number])[];
}

/** Answers on their way back, as JSON. */
export function packAnswers(answers: readonly NumberedAnswer[]): string {
  const packed = answers.map(({ id, value }): PackedAnswer => {
    return { id, value, queued: value.kind === 'accepted' ? [...value.queued] : [] };
  });
  return JSON.stringify(packed);
}

/** The inverse of packAnswers(). */
export function unpackAnswers(text: string): NumberedAnswer[] {
  // Only packAnswers() writes it.
  const packed = JSON.parse(text) as PackedAnswer[];
  return packed.map(({ id, value, queued }) => ({
    id,
    value: value.kind === 'accepted' ? { ...value, queued: new Map(queued) } : value,
  }));
}
