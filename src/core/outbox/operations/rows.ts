/** Many rows in one statement. */

/** Most rows of one statement: both engines bind thirty thousand values and more, and no row here has twenty. */
const MOST_ROWS = 64;

/**
 * Cuts rows into chunks of 64, 32, 16 and so on: whatever their number, a statement has one of seven shapes, which a database need
 * not parse again each time.
 */
export function* inChunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  let start = 0;
  for (let size = MOST_ROWS; size >= 1; size /= 2) {
    while (rows.length - start >= size) {
      yield rows.slice(start, start + size);
      start += size;
    }
  }
}

/**
 * The same for values that are looked for: one chunk for up to 64 of them, filled up to 1, 2, 4, 8 and so on with its own first ones. Not for
 * rows that are written.
 */
export function* inPaddedChunks<Value>(values: readonly Value[]): Generator<Value[]> {
  for (let start = 0; start < values.length; start += MOST_ROWS) {
    const chunk = values.slice(start, start + MOST_ROWS);
    const size = 2 ** Math.ceil(Math.log2(chunk.length));
    yield [...chunk, ...chunk.slice(0, size - chunk.length)];
  }
}
