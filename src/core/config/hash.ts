/** Hashes that tell one configuration from another. Secrets go in, and nothing of them comes out. Pure. */
import { createHash } from 'node:crypto';
import { isMapping } from './mapping.ts';

/** SHA-256 in hexadecimal over a plain value; the order of keys does not count. */
export function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMapping(value)) return value;
  // As pairs: an object would put keys that look like numbers first, which is an order too, but keep none called __proto__.
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, below]) => [key, sorted(below)]);
}
