/**
 * Group commit: operations that wait together run in one transaction and share its fsync; those that can be run as one are. Each runs
 * inside a savepoint, so that one that fails takes nothing of the others with it; none is answered before the commit is on disk.
 */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../operations/database.ts';
import { OPERATIONS, type OperationName } from '../operations/index.ts';
import { runTogether } from '../operations/together.ts';
import type { OutboxTables } from '../schema.ts';

/** An operation that waits, and the two ways to answer it. */
export interface PendingOperation {
  readonly name: OperationName;
  readonly request: unknown;
  /** Throws if nothing that it stores could be relied on. */
  check(): void;
  answer(value: unknown): void;
  fail(error: unknown): void;
}

/** Runs a batch and answers all of it. Never rejects: what goes wrong is told to those it concerns. */
export async function runBatch(db: Kysely<OutboxTables>, batch: readonly PendingOperation[]): Promise<void> {
  await db.connection().execute(async (connection) => {
    const writes = batch.some(({ name }) => OPERATIONS[name].writes);
    const results: (() => void)[] = [];
    try {
      await sql.raw(writes ? 'begin immediate' : 'begin').execute(connection);
      for (const alike of together(batch)) results.push(...(await runAlike(connection, alike)));
      await sql.raw('commit').execute(connection);
    } catch (error) {
      // A full disk may have ended the transaction already; then there is nothing to roll back.
      await sql
        .raw('rollback')
        .execute(connection)
        .catch(() => undefined);
      for (const operation of batch) operation.fail(error);
      return;
    }
    for (const tell of results) tell();
  });
}

/** Appends run as one, at the place of the first; everything else by itself. */
function together(batch: readonly PendingOperation[]): (readonly PendingOperation[])[] {
  const groups = new Map<PendingOperation | OperationName, PendingOperation[]>();
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
): Promise<(() => void)[]> {
  await sql.raw('savepoint operation').execute(connection);
  try {
    for (const operation of operations) operation.check();
    const { name } = operations[0] ?? { name: 'checkWritable' };
    const values = await runTogether(
      connection,
      name,
      operations.map(({ request }) => request),
    );
    await sql.raw('release operation').execute(connection);
    return operations.map((operation, index) => () => operation.answer(values[index]));
  } catch (error) {
    // If this fails, the whole transaction is gone, and so is the batch.
    await sql.raw('rollback to operation').execute(connection);
    await sql.raw('release operation').execute(connection);
    if (operations.length === 1) return operations.map((operation) => () => operation.fail(error));
    // One of them is at fault: alone, the others will do.
    const results: (() => void)[] = [];
    for (const operation of operations) results.push(...(await runAlike(connection, [operation])));
    return results;
  }
}
