/** Mends in a column: words parted by blanks. */
import type { Mend } from '../../plugin/contract.ts';

/** The mends that a column names; none for null. */
export function parseMends(text: string | null): Mend[] {
  // Only formatMends() writes these columns.
  return text === null || text === '' ? [] : (text.split(' ') as Mend[]);
}

/** The inverse of parseMends(). */
export function formatMends(mends: readonly Mend[]): string {
  return mends.join(' ');
}
