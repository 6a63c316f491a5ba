/** Who drains which lane: as the replicas' own metrics say, now or in the course of a test. */
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../eventually.ts';
import type { Replica } from './replica.ts';

/** Notes who held what, until it is ended. */
export interface HolderWatch {
  /** Each change in a line: `12.3 s: replica 1 has r0 r4`. */
  end(): Promise<readonly string[]>;
}

const ANSWER_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 250;

/** The lanes that this one drains, in the order of the alphabet; undefined if it does not answer. */
export async function lanesOf({ url }: Replica): Promise<readonly string[] | undefined> {
  try {
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const page = await answer.text();
    return [...page.matchAll(/^notifierd_lane_held\{sink="([^"]+)"\} 1$/gm)]
      .map(([, lane]) => lane ?? '')
      .sort();
  } catch {
    return undefined;
  }
}

/** Waits until the shares, from the largest to the smallest, are these; the lanes of each replica, in the given order. */
export async function sharesBecome(
  replicas: readonly Replica[],
  shares: readonly number[],
  withinMs = 20_000,
): Promise<readonly (readonly string[])[]> {
  let seen: readonly (readonly string[])[] = [];
  const look = async (): Promise<boolean> => {
    seen = await Promise.all(replicas.map(async (replica) => (await lanesOf(replica)) ?? []));
    const sizes = seen.map(({ length }) => length).sort((a, b) => b - a);
    if (sizes.join() === shares.join() && new Set(seen.flat()).size === seen.flat().length) return true;
    throw new Error(`they have ${JSON.stringify(seen)}`);
  };
  await eventually(`the replicas' shares are ${shares.join(', ')}`, look, { withinMs, everyMs: 100 });
  return seen;
}

/** Begins to note. */
export function watchHolders(replicas: readonly Replica[]): HolderWatch {
  const begunAt = performance.now();
  const ending = new AbortController();
  const lines: string[] = [];
  const before = new Map<Replica, string>();
  const watching = (async () => {
    while (!ending.signal.aborted) {
      for (const replica of replicas) {
        const now = (await lanesOf(replica))?.join(' ') ?? 'no answer';
        if (before.get(replica) === now) continue;
        before.set(replica, now);
        const seconds = ((performance.now() - begunAt) / 1_000).toFixed(1);
        lines.push(`${seconds} s: ${replica.name} has ${now === '' ? 'nothing' : now}`);
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    async end() {
      ending.abort();
      await watching;
      return lines;
    },
  };
}
