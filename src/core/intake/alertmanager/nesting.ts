/**
 * Bounds how deeply a posted JSON text nests: on a few hundred thousand brackets every later walk and JSON.stringify would overflow the
 * stack, and a few megabytes of them would become hundreds of megabytes of objects. What is parsed is looked at by its values; a text
 * that is too large to be parsed unseen, or cannot be, by its bytes.
 */

/** True if objects and lists stand more than `limit` deep in each other. */
export function nestsDeeperThan(limit: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return limit === 0 || Object.values(value).some((inner) => nestsDeeperThan(limit - 1, inner));
}

/** The same of a JSON text before it is parsed. Says nothing about texts that are not JSON. */
export function textNestsDeeperThan(limit: number, json: Uint8Array): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = endOfText(json, at);
    // One bit tells braces from brackets.
    else if ((byte | 0x20) === OPEN) {
      depth += 1;
      if (depth > limit) return true;
    } else if ((byte | 0x20) === CLOSE) depth -= 1;
  }
  return false;
}

/** Where the text ends that begins at `start`; most bytes of a webhook lie in texts, so this loop is as short as can be. */
function endOfText(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `{`, and `[` with one more bit. */
const OPEN = 0x7b;
/** `}`, and `]` with one more bit. */
const CLOSE = 0x7d;
