/**
 * Group commit: operations that wait together run in one transaction and share its fsync; those that can be run as one are. Each runs
 * inside a savepoint, so that one that fails takes nothing of the others with it; none is answered before the commit is on disk.
 */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../operations/database.ts';
import { OPERATIONS, type OperationName } from '../operations/index.ts';
import { runTogether } from '../operations/together.ts';
import type { OutboxTables } from '../schema.ts';

/** An operation that waits. */
export interface PendingOperation {
  readonly name: OperationName;
  readonly request: unknown;
}

/** What came of it. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly error: unknown };

/**
 * Runs a batch: what came of each. Never rejects: what goes wrong is told to those it concerns. `check` throws if nothing that is stored
 * now could be relied on; it is asked on behalf of those who rely on it.
 */
export async function runBatch<Operation extends PendingOperation>(
  db: Kysely<OutboxTables>,
  batch: readonly Operation[],
  check: () => void,
): Promise<ReadonlyMap<Operation, Outcome>> {
  return await db.connection().execute(async (connection) => {
    const writes = batch.some(({ name }) => OPERATIONS[name].writes);
    const outcomes = new Map<Operation, Outcome>();
    try {
      await sql.raw(writes ? 'begin immediate' : 'begin').execute(connection);
      for (const alike of together(batch)) {
        const found = await runAlike(connection, alike, check);
        for (const [index, outcome] of found.entries()) outcomes.set(alike[index] ?? raise(), outcome);
      }
      await sql.raw('commit').execute(connection);
      return outcomes;
    } catch (error) {
      // A full disk may have ended the transaction already; then there is nothing to roll back.
      await sql
        .raw('rollback')
        .execute(connection)
        .catch(() => undefined);
      return new Map(batch.map((operation) => [operation, { kind: 'failure', error }]));
    }
  });
}

/** Appends run as one, at the place of the first; everything else by itself. */
function together<Operation extends PendingOperation>(batch: readonly Operation[]): (readonly Operation[])[] {
  const groups = new Map<Operation | OperationName, Operation[]>();
  for (const operation of batch) {
    const key = OPERATIONS[operation.name].runAll === undefined ? operation : operation.name;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [operation]);
    else group.push(operation);
  }
  return [...groups.values()];
}

async function runAlike(
  connection: Database,
  operations: readonly PendingOperation[],
  check: () => void,
): Promise<readonly Outcome[]> {
  await sql.raw('savepoint operation').execute(connection);
  try {
    const { name } = operations[0] ?? { name: 'checkWritable' };
    if (OPERATIONS[name].acknowledges === true) check();
    const values = await runTogether(
      connection,
      name,
      operations.map(({ request }) => request),
    );
    await sql.raw('release operation').execute(connection);
    return values.map((value): Outcome => ({ kind: 'value', value }));
  } catch (error) {
    // If this fails, the whole transaction is gone, and so is the batch.
    await sql.raw('rollback to operation').execute(connection);
    await sql.raw('release operation').execute(connection);
    if (operations.length === 1) return [{ kind: 'failure', error }];
    // One of them is at fault: alone, the others will do.
    const outcomes: Outcome[] = [];
    for (const operation of operations) outcomes.push(...(await runAlike(connection, [operation], check)));
    return outcomes;
  }
}

function raise(): never {
  throw new Error('more outcomes than operations');
}
