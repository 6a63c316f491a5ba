/** Copies the rows of one table from SQLite to PostgreSQL, as they are. Memory stays flat whatever the size of the table. */
import { sql } from 'kysely';
import type { Database } from '../operations/database.ts';
import type { TableMove } from './moved-tables.ts';

/** From where to where. */
export interface CopyWay {
  /** One connection, with a transaction begun: what is copied must not change meanwhile. */
  readonly source: Database;
  readonly destination: Database;
  /** Called with each statement, before it is sent; throws to end the copying. */
  onRows(count: number): void;
}

/** No statement has more rows; with 20 columns at most, it stays far below the 65,535 values that the protocol can carry. */
const MOST_ROWS = 500;
/** A statement ends once it has so many characters and bytes: alerts of strangers can be long. */
const MOST_LENGTH = 1 << 20;

/** All rows, in the order of their key. */
export async function copyRows({ table, key, leaves = [] }: TableMove, way: CopyWay): Promise<void> {
  let batch: Row[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    way.onRows(batch.length);
    await insert(way.destination, table, batch);
    batch = [];
    length = 0;
  };
  // A cursor, not pages: the source is locked against writers, and one statement reads it once.
  const rows = way.source
    .selectFrom(table)
    .selectAll()
    .orderBy(sql`${sql.join(key.map((column) => sql.ref(column)))}`)
    .stream();
  for await (const row of rows) {
    const copied = without(row, leaves);
    batch.push(copied);
    length += lengthOf(copied);
    if (batch.length >= MOST_ROWS || length >= MOST_LENGTH) await flush();
  }
  await flush();
}

/** New rows get ids that no row of the source ever had. Undone with the transaction, unlike setval(). */
export async function continueIds(
  { table, givesIds }: TableMove,
  { source, destination }: Pick<CopyWay, 'source' | 'destination'>,
): Promise<void> {
  if (givesIds !== true) return;
  // https://sqlite.org/autoinc.html: the largest id that the table ever had; no row as long as it never had any.
  const { rows } = await sql<{ seq: number }>`select seq from sqlite_sequence where name = ${table}`.execute(
    source,
  );
  const next = (rows[0]?.seq ?? 0) + 1;
  await sql`alter table ${sql.table(table)} alter column id restart with ${sql.lit(next)}`.execute(
    destination,
  );
}

type Row = Readonly<Record<string, unknown>>;

function without(row: Row, columns: readonly string[]): Row {
  if (columns.length === 0) return row;
  return Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column)));
}

function lengthOf(row: Row): number {
  let length = 0;
  for (const value of Object.values(row))
    if (typeof value === 'string' || value instanceof Uint8Array) length += value.length;
  return length;
}

async function insert(db: Database, table: TableMove['table'], rows: readonly Row[]): Promise<void> {
  await db
    .insertInto(table)
    .values(rows as never) // they came from the table of this name
    .execute();
}
