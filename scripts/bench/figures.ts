/**
 * What was measured: one figure for each thing, setting and subject, with a value a round, and the goal that it is held against. Pure
 * but for the list that a run fills.
 */
import { median } from './statistics.ts';

/** What a figure must come to. Its median is judged. */
export interface Goal {
  readonly kind: 'at_least' | 'at_most';
  readonly value: number;
}

/** Which figure. */
export interface FigureKey {
  /** The measure that it belongs to: `acknowledgement`. */
  readonly measure: string;
  /** Under what: `10 alerts`. Empty if there is only one. */
  readonly setting: string;
  /** What: `webhooks accepted`. */
  readonly figure: string;
  /** Of whom: `plain Koa`. */
  readonly subject: string;
  /** `1/s`, `ms`, … */
  readonly unit: string;
  readonly goal?: Goal;
}

/** A figure, with its values in the order of the rounds: at least one. */
export interface Figure extends FigureKey {
  readonly values: readonly number[];
}

/** The figures of a run. */
export interface Figures {
  /** One more round's value. The first one of a figure decides on its goal. */
  add(key: FigureKey, value: number): void;
  /** In the order in which they came up. */
  all(): readonly Figure[];
}

/** A run that has measured nothing yet. */
export function createFigures(): Figures {
  const figures = new Map<string, FigureKey & { readonly values: number[] }>();
  return {
    add(key, value) {
      const name = JSON.stringify([key.measure, key.setting, key.figure, key.subject]);
      const figure = figures.get(name);
      if (figure === undefined) figures.set(name, { ...key, values: [value] });
      else figure.values.push(value);
    },
    all: () => [...figures.values()],
  };
}

/** Whether it came to what it must; undefined without a goal. A value that could not be measured reaches nothing. */
export function isReached({ goal, values }: Pick<Figure, 'goal' | 'values'>): boolean | undefined {
  if (goal === undefined) return undefined;
  return goal.kind === 'at_least' ? median(values) >= goal.value : median(values) <= goal.value;
}

/** A goal. */
export function atLeast(value: number): Goal {
  return { kind: 'at_least', value };
}

/** A goal. */
export function atMost(value: number): Goal {
  return { kind: 'at_most', value };
}
