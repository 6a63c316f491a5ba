/**
 * Labels and annotations as events hand them out: with nothing behind them, so that nobody who asks for a label named `constructor` or
 * `__proto__` finds anything but a label.
 */
import type { TextMap } from '../../event/event.ts';
import { ownValue } from '../../event/own-value.ts';

/** A copy with the same own keys and nothing else to be found in it; empty for a missing map. */
export function toTextMap(map: TextMap | null | undefined): TextMap {
  return map === null || map === undefined ? NOTHING : bareCopy(map);
}

/** The fields for which `keeps` is true, in an object in which nothing else is found. */
export function pickFields<Value>(
  object: Readonly<Record<string, Value | undefined>>,
  keeps: (name: string, value: Value) => boolean,
): Readonly<Record<string, Value>> {
  let kept: Record<string, Value> | undefined;
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (value === undefined || !keeps(name, value)) continue;
    kept ??= bareCopy<Value>({});
    kept[name] = value;
  }
  return kept ?? NOTHING;
}

/** The value if the map has it and it is more than blanks. */
export function textOf(map: TextMap, name: string): string | undefined {
  const text = ownValue(map, name);
  return text === undefined || text.trim() === '' ? undefined : text;
}

/**
 * In place of no prototype: it has nothing and inherits nothing, so what is found is the same, and V8 keeps objects that have a prototype in
 * a form that is several times faster to copy, read and write as JSON.
 */
const BARE = Object.freeze(Object.create(null));

/** Nearly all alerts have only known fields, and many heads a map that is missing: one object serves them all. */
const NOTHING = Object.freeze(bareCopy<never>({}));

function bareCopy<Value>(map: Readonly<Record<string, Value>>): Record<string, Value> {
  // There is no setter behind __proto__: the assignment makes a plain key.
  return Object.assign(Object.create(BARE), map);
}
