/**
 * Makes a sender's text fit to be read: no character that turns the line around, rings the bell or ends the string early, and
 * no half characters. Words and signs of every language stay as they are. Pure.
 */

/** Controls of C0 and C1 but not tab and line feed; what is not a character at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what this is for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g;
const LINE_BREAKS = /\r\n|[\r\u0085\u2028\u2029]/g;
/** Embeddings, overrides and isolates of the bidirectional algorithm, and the byte order mark: invisible, and they mislead. */
const INVISIBLE = /[\u202a-\u202e\u2066-\u2069\ufeff]/g;
/** Bounded scheme: an unbounded one would take quadratic time on long runs of letters and dots. Stops where Chinese goes on. */
const LINKS = /(?:\b[a-z][a-z0-9+.-]{0,30}:\/\/|\bwww\.)[^\s<>"'\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+/gi;

/**
 * The text with line breaks as line feeds; controls become visible signs (NUL is shown as ␀), half surrogates U+FFFD; invisible
 * marks that turn text around are left out. Trimmed.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(LINE_BREAKS, '\n')
    .replace(INVISIBLE, '')
    .replace(CONTROLS, controlPicture)
    .trim();
}

/** The same, on one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ');
}

/** The text with `[link]` in place of each address. */
export function withoutLinks(text: string): string {
  return text.replace(LINKS, '[link]');
}

/** https://www.unicode.org/charts/PDF/U2400.pdf has a picture for each control of C0 and for delete. */
function controlPicture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}
