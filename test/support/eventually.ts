/**
 * Waiting for what real servers do in their own time. Tests ask here instead of sleeping: the wait ends as soon as the
 * condition holds, and a condition that never comes true fails with what was seen last.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** How long and how often to look, in milliseconds. */
export interface Patience {
  /** Longest wait; 20 s unless told. */
  readonly withinMs?: number;
  /** Pause between two looks; 50 ms unless told. */
  readonly everyMs?: number;
}

/** Thrown by a `look` to end the wait at once: what is waited for can no longer happen. */
export class GaveUp extends Error {}

/**
 * Calls `look` until it returns something other than undefined or false, and returns that. A `look` that throws counts as
 * "not yet" (so it may hold assertions). Rejects after `withinMs`, naming `what`, with the last thrown error as cause.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { withinMs = 20_000, everyMs = 50 }: Patience = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { seen, error } = await attempt(look);
    // The guard has just excluded undefined and false, which the compiler cannot tell for an open T.
    if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>;
    if (performance.now() >= deadline) throw neverCame(what, withinMs, error);
    await sleep(everyMs);
  }
}

async function attempt<T>(look: () => T | Promise<T>): Promise<{ seen?: T; error?: unknown }> {
  try {
    return { seen: await look() };
  } catch (error) {
    if (error instanceof GaveUp) throw error;
    return { error };
  }
}

function neverCame(what: string, withinMs: number, error: unknown): Error {
  const last = error instanceof Error ? `; last look: ${error.message}` : '';
  return new Error(`waited ${withinMs / 1000} s in vain for: ${what}${last}`, { cause: error });
}
