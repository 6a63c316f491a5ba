/**
 * Renders one log line for people: `2026-11-22T13:00:00.000Z INFO  listening url=http://127.0.0.1:8060`. Pure.
 */
import type { PlainValue } from './log-fields.ts';
import { escapeUnsafe, quoteVisibly } from './visible.ts';

/** What the JSON form of a line holds. */
export interface LogRecord {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: PlainValue;
}

/** Values that need no quotes to be read back as one word. */
const ONE_WORD = /^[^\s"=\\]+$/u;

/** One line without its end. Always one line: line breaks and control characters are escaped, values quoted where needed. */
export function renderLogText({ time, level, msg, ...fields }: LogRecord): string {
  const words = Object.entries(fields).map(([name, value]) => `${toWord(name)}=${toWord(toText(value))}`);
  return [time, level.toUpperCase().padEnd(5), escapeUnsafe(msg), ...words].join(' ');
}

function toText(value: PlainValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toWord(text: string): string {
  return ONE_WORD.test(text) && escapeUnsafe(text) === text ? text : quoteVisibly(text);
}
