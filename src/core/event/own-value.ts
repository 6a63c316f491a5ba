/**
 * Looking up a name from outside. An object also answers to the names that it inherits: to `constructor`, `toString` and `__proto__`. A
 * label, a sink or a key of a file may be called so. What the program itself counts or collects by name is a Map; what comes as an object,
 * from JSON or YAML, is asked here. A house test keeps others from it.
 */

/** The value under this name if the object itself has it. */
export function ownValue<Value>(object: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
