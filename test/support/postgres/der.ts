/**
 * Just enough of DER (ITU-T X.690) to write a certificate down: Node can sign one and read one, but not put one together.
 */

/** A value that holds others. */
export function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

/** A set of one value, as names have them. */
export function setOf(part: Buffer): Buffer {
  return tagged(0x31, part);
}

/** A number from 0 to 127, or any larger one as its bytes; the first bit of those must be 0. */
export function integer(value: number | Buffer): Buffer {
  return tagged(0x02, typeof value === 'number' ? Buffer.of(value) : value);
}

/** The value true. Its default, false, is never written. */
export function yes(): Buffer {
  return tagged(0x01, Buffer.of(0xff));
}

/** The name of a thing: `2.5.29.17`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Text in UTF-8. */
export function text(value: string): Buffer {
  return tagged(0x0c, Buffer.from(value));
}

/** An instant, from 1950 to 2049, in whole seconds. */
export function instant(at: Date): Buffer {
  const digits = at.toISOString().replace(/\.\d+|[-:T]/g, '');
  return tagged(0x17, Buffer.from(digits.slice(2)));
}

/** Bytes that mean something elsewhere. */
export function octets(bytes: Buffer): Buffer {
  return tagged(0x04, bytes);
}

/** Whole bytes, as a string of bits. */
export function bits(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.of(0), bytes);
}

/** A value under a number that only its surroundings explain: wrapped whole, or with its own tag replaced. */
export function numbered(number: number, kind: 'wrapped' | 'replaced', content: Buffer): Buffer {
  return tagged((kind === 'wrapped' ? 0xa0 : 0x80) + number, content);
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x100) return Buffer.of(0x81, length);
  return Buffer.of(0x82, length >> 8, length & 0xff);
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
