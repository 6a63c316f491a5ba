/**
 * Makes text safe to show on a terminal: what would move the cursor, ring the bell or turn the reading direction is written as
 * an escape instead. Both log formats go through here; alert texts come from strangers.
 */

/** Control characters (C0, DEL, C1), bidi controls, line separators, byte order marks and lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** The text with every unsafe character as `\uXXXX`, which JSON reads back as the character it stands for. */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The text as a JSON string, in quotes, with every unsafe character escaped. */
export function quoteVisibly(text: string): string {
  return escapeUnsafe(JSON.stringify(text));
}
