/**
 * Statements that are built once for each shape: for those that run with every webhook, building and compiling them took longer than the
 * database did.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CompiledQuery, Kysely } from 'kysely';
import type { OutboxTables } from '../schema.ts';

/** By the connection's dialect, whose SQL it is, and the shape. */
const kept = new WeakMap<object, Map<string, CompiledQuery>>();

/**
 * Runs what `build` compiles, with these parameters in its place: the same shape must stand for the same SQL. Throws if the parameters are
 * not those of the statement when it is built.
 */
export async function runKept<Row>(
  db: Kysely<OutboxTables>,
  shape: string,
  statement: { readonly build: () => CompiledQuery<Row>; readonly parameters: readonly unknown[] },
): Promise<Row[]> {
  const query = keptQuery(db, shape, statement);
  const { rows } = await db.executeQuery<Row>({ ...query, parameters: statement.parameters });
  return rows;
}

/** The values of rows, in the order in which an insert binds them. Throws unless all have the same columns in the same order. */
export function valuesOf(rows: readonly object[]): unknown[] {
  const columns = Object.keys(rows[0] ?? {}).join();
  return rows.flatMap((row) => {
    if (Object.keys(row).join() !== columns) throw new Error(`rows differ in their columns: ${columns}`);
    return Object.values(row);
  });
}

function keptQuery<Row>(
  db: Kysely<OutboxTables>,
  shape: string,
  {
    build,
    parameters,
  }: { readonly build: () => CompiledQuery<Row>; readonly parameters: readonly unknown[] },
): CompiledQuery<Row> {
  const { adapter } = db.getExecutor();
  const queries = kept.get(adapter) ?? new Map<string, CompiledQuery>();
  kept.set(adapter, queries);
  const known = queries.get(shape);
  // A shape stands for one statement, and so for one kind of rows.
  if (known !== undefined) return known as CompiledQuery<Row>;
  const query = build();
  if (!isDeepStrictEqual([...query.parameters], [...parameters])) {
    throw new Error(`the statement "${shape}" binds its parameters in another order`);
  }
  queries.set(shape, query);
  return query;
}
