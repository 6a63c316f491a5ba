/**
 * Labels and annotations as events hand them out: without a prototype, so that nobody who asks for a label named `constructor` or
 * `__proto__` finds anything but a label.
 */
import type { TextMap } from '../../event/event.ts';

/** A copy with the same own keys and no prototype; empty for a missing map. */
export function toTextMap(map: TextMap | null | undefined): TextMap {
  return withoutPrototype(map ?? {});
}

/** The fields for which `keeps` is true, in an object without a prototype. */
export function pickFields<Value>(
  object: Readonly<Record<string, Value | undefined>>,
  keeps: (name: string, value: Value) => boolean,
): Readonly<Record<string, Value>> {
  const kept: Record<string, Value> = Object.create(null);
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined && keeps(name, value)) kept[name] = value;
  }
  return kept;
}

/** The value if the map has it and it is more than blanks. */
export function textOf(map: TextMap, name: string): string | undefined {
  const text = Object.hasOwn(map, name) ? map[name] : undefined;
  return text === undefined || text.trim() === '' ? undefined : text;
}

function withoutPrototype(map: TextMap): TextMap {
  // With no prototype there is no setter behind __proto__: the assignment makes a plain key.
  return Object.assign(Object.create(null), map);
}
