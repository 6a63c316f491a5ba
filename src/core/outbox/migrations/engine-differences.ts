/** Where the engines' tables differ. */
import {
  type ColumnDataType,
  type ColumnDefinitionBuilder,
  type CreateTableBuilder,
  type Kysely,
  PostgresAdapter,
  sql,
} from 'kysely';

/** Type and definition of an id that the database gives: an id that was pruned never comes back with another meaning. */
export function idColumn(
  db: Kysely<unknown>,
): [ColumnDataType, (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder] {
  return isPostgres(db)
    ? ['bigint', (column) => column.primaryKey().generatedByDefaultAsIdentity()]
    : ['integer', (column) => column.primaryKey().autoIncrement()];
}

/**
 * Keeps a table in the order of its primary key, on SQLite: one tree to write instead of two (https://sqlite.org/withoutrowid.html).
 * PostgreSQL has no such tables.
 */
export function inKeyOrder<Table extends string>(
  db: Kysely<unknown>,
): (table: CreateTableBuilder<Table>) => CreateTableBuilder<Table> {
  return (table) => (isPostgres(db) ? table : table.modifyEnd(sql`without rowid`));
}

/** Type of a column of bytes. */
export function bytesColumn(db: Kysely<unknown>): ColumnDataType {
  return isPostgres(db) ? 'bytea' : 'blob';
}

/**
 * Rows that are updated at every step, or that come and go all the time: room in their pages, and vacuum long before a fifth of the table
 * is dead, or else the front of a lane would be found ever more slowly (https://www.postgresql.org/docs/current/routine-vacuuming.html).
 * Nothing on SQLite, which cleans up as it goes.
 */
export async function keepTablesLean(
  db: Kysely<unknown>,
  tables: { readonly updated: readonly string[]; readonly comingAndGoing: readonly string[] },
): Promise<void> {
  if (!isPostgres(db)) return;
  const often = sql`autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0`;
  for (const table of tables.updated)
    await sql`alter table ${sql.table(table)} set (fillfactor = 20, ${often})`.execute(db);
  for (const table of tables.comingAndGoing)
    await sql`alter table ${sql.table(table)} set (fillfactor = 80, ${often})`.execute(db);
}

/** True on PostgreSQL, false on SQLite. */
function isPostgres(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
