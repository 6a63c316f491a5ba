/**
 * Reading of JSON that comes from outside: the control API's bodies, files and arguments. Each reader returns the typed value or
 * throws an InputError that says where, what was expected and what came.
 */

/** A JSON object, before its fields are known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What somebody gave the simulator cannot be used. The message is for people. */
export class InputError extends Error {}

/** True for a JSON object; not for null and lists. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, if it has no other fields than the allowed ones; undefined allows any. */
export function objectAt(value: unknown, where: string, allowed?: readonly string[]): JsonObject {
  if (!isObject(value)) throw expected(where, 'an object', value);
  for (const key of Object.keys(value)) {
    if (allowed?.includes(key) === false)
      throw new InputError(`${where}.${key}: unknown; known are ${allowed.join(', ')}`);
  }
  return value;
}

/** The list; an empty one for undefined. */
export function listAt(value: unknown, where: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw expected(where, 'a list', value);
  return value;
}

/** The text, if it is not empty. */
export function textAt(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') throw expected(where, 'a text', value);
  return value;
}

/** The number, if it is finite and not below `least`. */
export function numberAt(value: unknown, where: string, least: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least) {
    throw expected(where, `a number from ${least}`, value);
  }
  return value;
}

/** The word, if it is one of the list. */
export function wordAt<Word extends string>(value: unknown, where: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw expected(where, `one of ${words.join(', ')}`, value);
  return found;
}

/** An error that names the place, the wanted and the found kind; never the value itself, which may be a secret. */
export function expected(where: string, wanted: string, value: unknown): InputError {
  return new InputError(`${where}: expected ${wanted}, got ${kindOf(value)}`);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'an empty text';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? 'another text' : `a value of type ${typeof value}`;
}
