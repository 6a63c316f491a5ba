/** node:sqlite under Kysely's own SqliteDialect: an adapter that keeps prepared statements, since node:sqlite does not. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/** More than there are different statements in operations/, in the sizes in which they come. */
const STATEMENTS_KEPT = 400;

/** A dialect over an open database; closing Kysely closes it. */
export function createSqliteDialect(database: DatabaseSync): SqliteDialect {
  return new SqliteDialect({ database: withKeptStatements(database) });
}

function withKeptStatements(database: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = kept.get(sql);
      if (known !== undefined) return known;
      const oldest = kept.keys().next();
      if (kept.size >= STATEMENTS_KEPT && !oldest.done) kept.delete(oldest.value);
      const statement = adapt(database, sql);
      kept.set(sql, statement);
      return statement;
    },
  };
}

function adapt(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bindable(parameters)),
    run: (parameters) => statement.run(...bindable(parameters)),
    iterate: (parameters) => statement.iterate(...bindable(parameters)),
  };
}

/** node:sqlite stores NULL for what it cannot bind (dates, undefined), without a word: refuse it here. */
function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'bigint'
    ) {
      return value;
    }
    if (value instanceof Uint8Array) return value;
    throw new TypeError(`cannot bind a ${typeof value} to a statement`);
  });
}
