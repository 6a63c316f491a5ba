/** What all commands say alike: times, counts, and texts of strangers on one line. Pure; safe to show on a terminal. */
import type { Event } from '../core/event/event.ts';
import { escapeUnsafe } from '../core/telemetry/visible.ts';

/** For people: RFC 3339 in UTC, to the second. */
export function instant(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** For programs: RFC 3339 in UTC, to the millisecond. */
export function exactInstant(at: number): string {
  return new Date(at).toISOString();
}

/** `1 event`, `2 events`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1 event waits`, `2 events wait`. */
export function waiting(events: number): string {
  return `${counted(events, 'event')} ${events === 1 ? 'waits' : 'wait'}`;
}

/** The text that says most about an event, if it has one. */
export function saying({ summary, description, message }: Event): string | undefined {
  return description ?? summary ?? message;
}

/** The text without line breaks. */
export function oneLine(text: string): string {
  return escapeUnsafe(text.replace(/\s+/g, ' '));
}

/** The same, cut visibly after so many characters. */
export function shortLine(text: string, longest: number): string {
  const characters = [...text.replace(/\s+/g, ' ')];
  const cut = characters.length > longest;
  return `${oneLine(characters.slice(0, longest).join(''))}${cut ? '…' : ''}`;
}
