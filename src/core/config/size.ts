/** Sizes as people write them (`16MiB`, `500kB`, plain bytes) and as the code counts them (bytes). */

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1_000],
  ['mb', 1_000_000],
  ['gb', 1_000_000_000],
  ['kib', 1_024],
  ['mib', 1_048_576],
  ['gib', 1_073_741_824],
]);

/** Bytes, or `undefined` if the text is no size. Letter case does not matter; a number alone means bytes. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+) ?([a-z]*)$/i.exec(text);
  const unit = UNITS.get((match?.[2] ?? '').toLowerCase());
  if (match === null || unit === undefined) return undefined;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The shortest exact text with a binary unit: `16MiB`; plain bytes where none divides. */
export function renderSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB'] as const) {
    const unitBytes = UNITS.get(unit.toLowerCase()) ?? 1;
    if (bytes > 0 && bytes % unitBytes === 0) return `${bytes / unitBytes}${unit}`;
  }
  return String(bytes);
}
