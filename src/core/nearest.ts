/** "Did you mean …?": the known word that a mistyped one most likely stands for. Pure. */

/**
 * The nearest of `known`, or `undefined` if none is near enough to be a slip of the fingers. Letter case, `-` and `_` count for
 * nothing, so `maxBody` and `max-body` find `max_body`.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = plain(word);
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(wanted, plain(candidate));
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  const tolerated = Math.min(3, Math.floor(wanted.length / 3));
  return best !== undefined && best.distance <= tolerated ? best.candidate : undefined;
}

/** `did you mean "x"?`, or else what is known: the hint of a fault that names something unknown. */
export function suggest(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, '').slice(0, 64);
}

/** Inserted, missing, wrong and swapped letters (optimal string alignment distance). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped && row > 1 && column > 1 ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
