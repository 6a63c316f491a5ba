/**
 * Group commit: operations that wait together run in one transaction and share its fsync. Each runs inside a savepoint, so that one
 * that fails takes nothing of the others with it; none is answered before the commit is on disk.
 */
import { type Kysely, sql } from 'kysely';
import type { Database } from '../operations/database.ts';
import type { OutboxTables } from '../schema.ts';

/** An operation with its request filled in, and the two ways to answer it. */
export interface PendingOperation {
  readonly writes: boolean;
  run(db: Database): Promise<unknown>;
  answer(value: unknown): void;
  fail(error: unknown): void;
}

/** Runs a batch and answers all of it. Never rejects: what goes wrong is told to those it concerns. */
export async function runBatch(db: Kysely<OutboxTables>, batch: readonly PendingOperation[]): Promise<void> {
  await db.connection().execute(async (connection) => {
    const writes = batch.some((operation) => operation.writes);
    const results: (() => void)[] = [];
    try {
      await sql.raw(writes ? 'begin immediate' : 'begin').execute(connection);
      for (const operation of batch) results.push(await runOne(connection, operation));
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

async function runOne(connection: Kysely<OutboxTables>, operation: PendingOperation): Promise<() => void> {
  await sql.raw('savepoint operation').execute(connection);
  try {
    const value = await operation.run(connection);
    await sql.raw('release operation').execute(connection);
    return () => operation.answer(value);
  } catch (error) {
    // If this fails, the whole transaction is gone, and so is the batch.
    await sql.raw('rollback to operation').execute(connection);
    await sql.raw('release operation').execute(connection);
    return () => operation.fail(error);
  }
}
