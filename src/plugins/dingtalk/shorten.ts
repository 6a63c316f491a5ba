/**
 * Cuts text to what a message has room for, visibly, and never inside a character. Room is counted in characters as people count
 * them (code points) and in bytes as they are sent (UTF-8 inside a JSON string, escapes included). Pure.
 */

/** Room for a text; Infinity where there is no limit. */
export interface Room {
  readonly chars: number;
  readonly bytes: number;
}

/** How a cut shows: with an ellipsis only, or also with how many characters are missing. */
export type CutMark = 'ellipsis' | 'count';

/** The text, or its beginning and a mark that together fit the room; empty if not even an ellipsis fits. */
export function shorten(text: string, room: Room, mark: CutMark): string {
  if (lengthThatFits(text, room) === text.length) return text;
  const chars = countChars(text);
  // The count has at most as many digits as that of the whole text, so the real mark fits where this one does.
  const longest = mark === 'count' ? countMark(chars) : ELLIPSIS;
  const own = fits(longest, room) ? longest : ELLIPSIS;
  if (!fits(own, room)) return '';
  const cut = wholeGraphemes(text, lengthThatFits(text, minus(room, own)));
  const left = text.slice(0, cut);
  return left + (own === ELLIPSIS ? ELLIPSIS : countMark(chars - countChars(left)));
}

/** Bytes of the text inside a JSON string as JSON.stringify() writes it, the quotes not counted. */
export function jsonBytes(text: string): number {
  let bytes = 0;
  for (const char of text) bytes += charBytes(char);
  return bytes;
}

const ELLIPSIS = '…';

function countMark(chars: number): string {
  return `… (+${chars} characters)`;
}

function fits(text: string, room: Room): boolean {
  return lengthThatFits(text, room) === text.length;
}

function minus(room: Room, text: string): Room {
  return { chars: room.chars - countChars(text), bytes: room.bytes - jsonBytes(text) };
}

/** How much of the text fits, as an index into it that is never inside a code point. */
function lengthThatFits(text: string, room: Room): number {
  let chars = 0;
  let bytes = 0;
  let length = 0;
  for (const char of text) {
    chars += 1;
    bytes += charBytes(char);
    if (chars > room.chars || bytes > room.bytes) return length;
    length += char.length;
  }
  return length;
}

function countChars(text: string): number {
  let chars = 0;
  for (const _ of text) chars += 1;
  return chars;
}

function charBytes(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x22 || code === 0x5c) return 2;
  if (code < 0x20) return '\b\t\n\f\r'.includes(char) ? 2 : 6;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  if (code >= 0xd800 && code <= 0xdfff) return 6;
  return code < 0x10000 ? 3 : 4;
}

/** Longest thing that people see as one character and that is kept whole; longer ones are made to break programs. */
const LONGEST_GRAPHEME = 40;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The cut, moved back to where a character as people see it begins (a family emoji is one of seven code points). */
function wholeGraphemes(text: string, cut: number): number {
  const around = text.slice(0, cut + LONGEST_GRAPHEME);
  const start = graphemes.segment(around).containing(cut)?.index ?? cut;
  return cut - start > LONGEST_GRAPHEME ? cut : start;
}
