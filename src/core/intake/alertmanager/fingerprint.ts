/**
 * Alertmanager's fingerprint of an alert: FNV-1a, 64 bits, over its sorted labels
 * (https://github.com/prometheus/common/blob/main/model/signature.go). Payloads carry it; it is computed only where it is
 * missing, and must then be the same, because all states of one alert are told apart by nothing else.
 */
import type { TextMap } from '../../event/event.ts';

/** 16 lower-case hexadecimal digits. */
export function fingerprint(labels: TextMap): string {
  const hash: Hash = { high: OFFSET_HIGH, low: OFFSET_LOW };
  for (const { name, value } of sortedByName(labels)) {
    addBytes(hash, name);
    addByte(hash, SEPARATOR);
    addBytes(hash, Buffer.from(value));
    addByte(hash, SEPARATOR);
  }
  return hex(hash.high) + hex(hash.low);
}

/** The fingerprint that was sent, or the computed one if it is missing or is not 16 hexadecimal digits. */
export function fingerprintOf(alert: {
  readonly fingerprint?: string | null | undefined;
  readonly labels?: TextMap | null | undefined;
}): string {
  const sent = alert.fingerprint ?? '';
  return /^[0-9a-f]{16}$/.test(sent) ? sent : fingerprint(alert.labels ?? {});
}

/** 64 bits in two halves: several times faster than BigInt. */
interface Hash {
  high: number;
  low: number;
}

const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
/** The FNV prime is 2^40 + 0x1b3. */
const PRIME_LOW = 0x1b3;
/** A byte that no UTF-8 text holds. */
const SEPARATOR = 0xff;

function sortedByName(labels: TextMap): { readonly name: Buffer; readonly value: string }[] {
  // By bytes, as Go sorts; JavaScript would put U+FFFF behind U+1F525.
  return Object.entries(labels)
    .map(([name, value]) => ({ name: Buffer.from(name), value }))
    .sort((a, b) => Buffer.compare(a.name, b.name));
}

function addBytes(hash: Hash, bytes: Uint8Array): void {
  for (const byte of bytes) addByte(hash, byte);
}

function addByte(hash: Hash, byte: number): void {
  const low = (hash.low ^ byte) >>> 0;
  const product = low * PRIME_LOW;
  // The product with 2^40 is the low half, moved 8 bits into the high half. All sums stay below 2^53.
  hash.high = (hash.high * PRIME_LOW + Math.floor(product / 2 ** 32) + ((low << 8) >>> 0)) >>> 0;
  hash.low = product >>> 0;
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0');
}
