/** All lives of one alert that are a few chapters long, each chapter told in every way. */
import { begins } from './random-lives.ts';
import type { Change, Step } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Between two chapters: within the time of a twin, beyond it, beyond dedup_window, beyond a day. */
const GAPS = [5_003, 40_009, 7 * MINUTE + 11, 25 * HOUR + 7];

/** What can come next. */
const NEXT: Readonly<Record<'firing' | 'resolved', readonly Change[]>> = {
  firing: ['is resolved', 'fires from a new start'],
  resolved: ['fires', 'fires from a new start', 'resolves later'],
};

/** Before it comes. Alertmanager reminds of what fires. */
const REMINDERS: Readonly<Record<'firing' | 'resolved', readonly (readonly Step[])[]>> = {
  firing: [
    [],
    [{ kind: 'remind', peer: 0, says: true }],
    [{ kind: 'remind', peer: 0, says: false }],
    [
      { kind: 'remind', peer: 0, says: true },
      { kind: 'remind', peer: 1, says: true },
    ],
  ],
  resolved: [[]],
};

interface Telling {
  readonly now: readonly Step[];
  /** When the next chapter was told. */
  readonly later?: Step;
}

const TELL: readonly [Step, Step] = [
  { kind: 'tell', peer: 0 },
  { kind: 'tell', peer: 1 },
];

/** By the first alone; tried again; by both, one after the other; by the second alone; by the second as well, but late. */
const TELLINGS: readonly Telling[] = [
  { now: [TELL[0]] },
  { now: [TELL[0], wait(1_009), { kind: 'retry', peer: 0 }] },
  { now: [TELL[0], wait(3_019), TELL[1]] },
  { now: [TELL[1]] },
  { now: [{ kind: 'look', peer: 1 }, TELL[0]], later: TELL[1] },
];

/** Lives of so many chapters. `mixed`: another alert of the group fires meanwhile. */
export function* allLives(
  chapters: number,
  { mixed }: { readonly mixed: boolean },
): Generator<readonly Step[]> {
  const other: readonly Step[] = mixed ? [{ kind: 'truth', alert: 'b', to: 'fires' }] : [];
  for (const gap of GAPS) {
    for (const { now, later } of TELLINGS) {
      const before = [begins, ...other, ...now];
      yield* continued({ before, later, gap, state: 'firing', left: chapters - 1 });
    }
  }
}

/** The first of them, and then one in so many. */
export function oneIn<Life>(many: number, lives: Iterable<Life>): readonly Life[] {
  return [...lives].filter((_, index) => index % many === 0);
}

interface Life {
  readonly before: readonly Step[];
  /** What is still to be told of the chapter before. */
  readonly later: Step | undefined;
  readonly gap: number;
  readonly state: 'firing' | 'resolved';
  readonly left: number;
}

function* continued({ before, later, gap, state, left }: Life): Generator<readonly Step[]> {
  if (left === 0) {
    yield before;
    return;
  }
  for (const reminders of REMINDERS[state]) {
    for (const to of NEXT[state]) {
      for (const telling of TELLINGS) {
        const chapter: readonly Step[] = [{ kind: 'truth', alert: 'a', to }, ...telling.now];
        const late = later === undefined ? [] : [wait(2_003), later];
        yield* continued({
          before: [...before, wait(gap), ...reminders, wait(gap), ...chapter, ...late],
          later: telling.later,
          gap,
          state: to.startsWith('fires') ? 'firing' : 'resolved',
          left: left - 1,
        });
      }
    }
  }
}

function wait(ms: number): Step {
  return { kind: 'wait', ms };
}
