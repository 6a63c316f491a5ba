/**
 * How alerts and messages lie in the outbox: as their text, or as its deflated form where that saves pages. Alerts of one group repeat each
 * other, and bytes that are not written need no disk, no log and no checkpoint; a webhook of 100 alerts was stored in half the time. Pure.
 */
import { constants, deflateSync, inflateSync } from 'node:zlib';

/** Half a page of SQLite: what is shorter shares its page with others. Deflating it would cost 20 µs for little. */
const WORTH_DEFLATING = 4_096;
/** The first byte of a deflated text (https://www.rfc-editor.org/rfc/rfc1950): `x`, with which no JSON begins. */
const DEFLATED = 0x78;
/**
 * The fastest: alerts repeat whole texts, which every level finds. With half the usual memory, and room for what comes out of a piece: each
 * call takes both from outside V8's heap, and V8 collected its old generation ten times a second for that.
 */
const DEFLATING = { level: constants.Z_BEST_SPEED, memLevel: 5, chunkSize: 4_096 };
/** As long as a piece may be: it comes out whole, and need not be put together. */
const AT_ONCE = 65_536;

/** The bytes to be stored for a text, or for its bytes in UTF-8. It is deflated if it has at least `leastLength` of them. */
export function pack(text: string | Uint8Array, leastLength = WORTH_DEFLATING): Uint8Array {
  if (text.length >= leastLength || beginsAsDeflated(text)) return deflateSync(text, DEFLATING);
  return typeof text === 'string' ? Buffer.from(text) : text;
}

/** What looks like a deflated text must be one. */
function beginsAsDeflated(text: string | Uint8Array): boolean {
  return typeof text === 'string' ? text.startsWith('x') : text[0] === DEFLATED;
}

/** The inverse of pack(). Throws if the bytes are damaged. */
export function unpack(bytes: Uint8Array): string {
  const text = bytes[0] === DEFLATED ? inflateSync(bytes, { chunkSize: AT_ONCE }) : bytes;
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString();
}
