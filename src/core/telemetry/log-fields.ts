/**
 * Turns whatever a caller gives as log fields into plain values that are safe to write: no getter, no toJSON() and no hidden
 * property of a foreign object gets into a line. An error of an HTTP client, for one, carries the whole request with its token.
 */
import { NotifierdError } from '../errors.ts';

/** A value that JSON has, and nothing else. */
export type PlainValue =
  | null
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** Names that every line has already; fields of these names get an underscore behind. */
const TAKEN = new Set(['time', 'level', 'msg']);
const DEEPEST = 4;
const LONGEST_LIST = 50;
const SYSTEM_CODE = /^E[A-Z0-9]+$/;

/** What to keep of errors. */
export interface FieldOptions {
  /** Keep the stack of every error, not only of unexpected ones. */
  readonly withStacks: boolean;
}

/**
 * The fields as plain values. Of an error only `name`, `code`, `message` and, if nobody foresaw it, `stack` are kept; an object
 * that is not a plain one becomes its class's name. `undefined` is left out.
 */
export function plainFields(
  fields: Readonly<Record<string, unknown>>,
  options: FieldOptions,
): Record<string, PlainValue> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [TAKEN.has(name) ? `${name}_` : name, plainValue(value, DEEPEST, options)]),
  );
}

function plainValue(value: unknown, depth: number, options: FieldOptions): PlainValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Error) return plainError(value, options);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (depth === 0) return '[deeper]';
  if (Array.isArray(value)) return plainList(value, depth, options);
  if (!isPlainObject(value)) return `[${value.constructor?.name ?? 'object'}]`;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, plainValue(each, depth - 1, options)]));
}

function plainError(error: Error, { withStacks }: FieldOptions): PlainValue {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const foreseen = error instanceof NotifierdError || SYSTEM_CODE.test(code ?? '');
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message,
    ...(error.stack !== undefined && (withStacks || !foreseen) ? { stack: error.stack } : {}),
  };
}

function plainList(list: readonly unknown[], depth: number, options: FieldOptions): readonly PlainValue[] {
  const plain = list.slice(0, LONGEST_LIST).map((each) => plainValue(each, depth - 1, options));
  return list.length > LONGEST_LIST ? [...plain, `[${list.length - LONGEST_LIST} more]`] : plain;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
