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
