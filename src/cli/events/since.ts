/** The value of `--since`: an instant as the digests print it, or a duration back from now. */
import { parseDuration } from '../../core/config/duration.ts';
import { canonicalInstant } from '../../core/intake/alertmanager/instant.ts';
import { UsageError } from '../command.ts';

/** Milliseconds since the Unix epoch. Throws a UsageError that shows what can be written. */
export function readSince(text: string, now: number): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return now - duration;
  const instant = canonicalInstant(text);
  if (instant !== undefined) return Date.parse(instant);
  throw new UsageError(
    `expected a time (2026-11-22T10:00:01Z) or a duration (90m, 2h, 1d) for --since, got ${JSON.stringify(text)}`,
  );
}
