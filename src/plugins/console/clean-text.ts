/**
 * Makes text from alerts safe to show. Whoever can name a label could otherwise move the cursor, hide lines or fake others on the
 * terminal of the person on call. Pure.
 */

/** Control characters (C0, DEL, C1), bidi controls, line separators, byte order marks and lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** Anything but printable ASCII, Chinese and what is written beside it. To see that a text has none of it takes less time than to replace. */
const UNUSUAL = /[^ -~\u2e80-\u9fff\uff01-\uffee]/;

/** One line that shows each unsafe character: line breaks as `⏎`, others as `\uXXXX`. Blanks at both ends go. */
export function cleanLine(text: string): string {
  const trimmed = text.trim();
  return UNUSUAL.test(trimmed) ? escapeUnsafe(trimmed.replace(/\r\n|[\r\n]/g, '⏎')) : trimmed;
}

/** The value as JSON in one line. It reads back as the same value, and no terminal obeys it. */
export function cleanJson(value: unknown): string {
  return escapeUnsafe(JSON.stringify(value));
}

function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
