/** Mappings as YAML and JSON have them, and the dotted paths that lead into them. Pure. */

/** A mapping of any values. */
export type Mapping = Readonly<Record<string, unknown>>;

/** True for an object that stands for a YAML mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `sinks.ops` and `secret` → `sinks.ops.secret`. */
export function joinPath(at: string, path: string): string {
  return at === '' ? path : `${at}.${path}`;
}

/** `[['http.port', 1]]` → `{http: {port: 1}}`. */
export function nest(entries: readonly (readonly [string, unknown])[]): Mapping {
  const leaves = entries.filter(([path]) => !path.includes('.'));
  const sections = new Map<string, [string, unknown][]>();
  for (const [path, value] of entries) {
    const dot = path.indexOf('.');
    if (dot < 0) continue;
    const name = path.slice(0, dot);
    sections.set(name, [...(sections.get(name) ?? []), [path.slice(dot + 1), value]]);
  }
  return Object.fromEntries([
    ...leaves,
    ...[...sections].map(([name, below]) => [name, nest(below)] as const),
  ]);
}
