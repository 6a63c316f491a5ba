/**
 * Trouble by chance for a stage: replicas that are killed, stand still or are cut off, a database that is restarted or crashes, one at a
 * time or two together. The same seed gives the same troubles at the same moments.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Replica } from './replica.ts';
import type { Stage } from './stage.ts';

/** One trouble, from its beginning to its end. */
export interface Trouble {
  /** Milliseconds after the first one could begin. */
  readonly atMs: number;
  readonly kind: 'kill -9' | 'SIGSTOP' | 'cut' | 'database restart' | 'database crash';
  /** Which replica, by its position; of no meaning for the database. */
  readonly replica: number;
  readonly lastsMs: number;
}

/** What may happen, and how long each kind lasts: at least, and at most. */
const KINDS: readonly { readonly kind: Trouble['kind']; readonly lastsMs: readonly [number, number] }[] = [
  { kind: 'kill -9', lastsMs: [500, 15_000] },
  { kind: 'SIGSTOP', lastsMs: [60_000, 60_000] },
  { kind: 'cut', lastsMs: [5_000, 60_000] },
  { kind: 'database restart', lastsMs: [200, 5_000] },
  { kind: 'database crash', lastsMs: [200, 5_000] },
];
/** Calm between two troubles. */
const CALM_MS = [1_000, 15_000] as const;
const TWO_TOGETHER = 0.4;

/** The troubles of a seed, until so many milliseconds are over: pure. Two that come together never meet in one replica or the database. */
export function planTroubles(
  seed: number,
  { lastsMs, replicas }: { readonly lastsMs: number; readonly replicas: number },
): readonly Trouble[] {
  const random = seeded(seed);
  const between = ([least, most]: readonly [number, number]) => Math.round(least + random() * (most - least));
  const draw = (atMs: number): Trouble => {
    const { kind, lastsMs: bounds } = KINDS[Math.floor(random() * KINDS.length)] ?? KINDS[0] ?? raise();
    return { atMs, kind, replica: Math.floor(random() * replicas), lastsMs: between(bounds) };
  };
  const troubles: Trouble[] = [];
  for (let atMs = between(CALM_MS); atMs < lastsMs; ) {
    const first = draw(atMs);
    let endsAt = atMs + first.lastsMs;
    troubles.push(first);
    if (random() < TWO_TOGETHER) {
      const second = draw(atMs + Math.round(random() * first.lastsMs));
      if (areApart(first, second)) {
        troubles.push(second);
        endsAt = Math.max(endsAt, second.atMs + second.lastsMs);
      }
    }
    atMs = endsAt + between(CALM_MS);
  }
  return troubles;
}

/** In a line: `12.3 s: SIGSTOP replica 1 for 60.0 s`. */
export function describeTrouble({ atMs, kind, replica, lastsMs }: Trouble): string {
  const whom = isOfDatabase(kind) ? '' : ` replica ${replica}`;
  return `${(atMs / 1_000).toFixed(1)} s: ${kind}${whom} for ${(lastsMs / 1_000).toFixed(1)} s`;
}

/** Lets all of them happen; resolves when the last is over and mended. */
export async function playTroubles(stage: Stage, troubles: readonly Trouble[]): Promise<void> {
  await Promise.all(
    troubles.map(async (trouble) => {
      await sleep(trouble.atMs);
      await play(stage, trouble);
    }),
  );
}

async function play({ postgres, replicas }: Stage, { kind, lastsMs, ...trouble }: Trouble): Promise<void> {
  const replica: Replica = replicas[trouble.replica] ?? raise();
  switch (kind) {
    case 'kill -9':
      await replica.kill9();
      await sleep(lastsMs);
      return await replica.start();
    case 'SIGSTOP':
      replica.freeze();
      await sleep(lastsMs);
      return replica.thaw();
    case 'cut':
      await replica.network.cut();
      await sleep(lastsMs);
      return await replica.network.heal();
    case 'database restart':
      await postgres.stop('fast');
      await sleep(lastsMs);
      return await postgres.start();
    case 'database crash':
      await postgres.kill9();
      await sleep(lastsMs);
      return await postgres.start();
    default:
      return kind satisfies never;
  }
}

function areApart(one: Trouble, other: Trouble): boolean {
  return isOfDatabase(one.kind) || isOfDatabase(other.kind)
    ? isOfDatabase(one.kind) !== isOfDatabase(other.kind)
    : one.replica !== other.replica;
}

function isOfDatabase(kind: Trouble['kind']): boolean {
  return kind === 'database restart' || kind === 'database crash';
}

/** From 0 to 1, evenly: a linear congruence (Numerical Recipes, chapter 7), of which the high bits are good enough here. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function raise(): never {
  throw new Error('there is no such replica');
}
