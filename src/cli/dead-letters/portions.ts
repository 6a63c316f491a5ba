/** Long lists in portions, so that neither memory nor a transaction grows with them. */

/** The same items in lists of at most `size`. */
export function inPortions<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
