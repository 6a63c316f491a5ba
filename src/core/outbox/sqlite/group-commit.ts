/**
 * Group commit: operations that wait together run in one transaction and share its fsync; those that can be run as one are. If one fails,
 * all are undone and run again, each inside a savepoint, so that it takes nothing of the others with it; none is answered before the commit
 * is on disk. Not at once with savepoints: SQLite then copies every page before it is changed, for failures that hardly ever come.
 */
import { CompiledQuery, type Kysely } from 'kysely';
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
  const groups = together(batch);
  const writes = batch.some(({ name }) => OPERATIONS[name].writes);
  return await db.connection().execute(async (connection) => {
    for (const run of [runPlainly, runApart]) {
      try {
        const outcomes = new Map<Operation, Outcome>();
        await connection.executeQuery(writes ? BEGIN_WRITING : BEGIN_READING);
        for (const alike of groups) {
          const found = await run(connection, alike, check);
          for (const [index, outcome] of found.entries()) outcomes.set(alike[index] ?? raise(), outcome);
        }
        await connection.executeQuery(COMMIT);
        return outcomes;
      } catch (error) {
        // A full disk may have ended the transaction already; then there is nothing to roll back.
        await connection.executeQuery(ROLLBACK).catch(() => undefined);
        if (!(error instanceof OperationFailed)) return failureOfAll(batch, error);
      }
    }
    return failureOfAll(batch, new Error('a failed operation was not told apart'));
  });
}

const BEGIN_WRITING = CompiledQuery.raw('begin immediate');
const BEGIN_READING = CompiledQuery.raw('begin');
const COMMIT = CompiledQuery.raw('commit');
const ROLLBACK = CompiledQuery.raw('rollback');
const SAVE = CompiledQuery.raw('savepoint operation');
const RELEASE = CompiledQuery.raw('release operation');
const ROLLBACK_TO_SAVED = CompiledQuery.raw('rollback to operation');

/** One of the operations failed, not the transaction around them. */
class OperationFailed extends Error {}

function failureOfAll<Operation>(batch: readonly Operation[], error: unknown): Map<Operation, Outcome> {
  return new Map(batch.map((operation) => [operation, { kind: 'failure', error }]));
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

/** Throws OperationFailed if one of them fails. */
async function runPlainly(
  connection: Database,
  operations: readonly PendingOperation[],
  check: () => void,
): Promise<readonly Outcome[]> {
  try {
    return await runAlike(connection, operations, check);
  } catch (error) {
    throw new OperationFailed('an operation failed', { cause: error });
  }
}

/** Tells the failure of one from the values of the others. */
async function runApart(
  connection: Database,
  operations: readonly PendingOperation[],
  check: () => void,
): Promise<readonly Outcome[]> {
  await connection.executeQuery(SAVE);
  try {
    const outcomes = await runAlike(connection, operations, check);
    await connection.executeQuery(RELEASE);
    return outcomes;
  } catch (error) {
    // If this fails, the whole transaction is gone, and so is the batch.
    await connection.executeQuery(ROLLBACK_TO_SAVED);
    await connection.executeQuery(RELEASE);
    if (operations.length === 1) return [{ kind: 'failure', error }];
    // One of them is at fault: alone, the others will do.
    const outcomes: Outcome[] = [];
    for (const operation of operations) outcomes.push(...(await runApart(connection, [operation], check)));
    return outcomes;
  }
}

async function runAlike(
  connection: Database,
  operations: readonly PendingOperation[],
  check: () => void,
): Promise<readonly Outcome[]> {
  const { name } = operations[0] ?? raise();
  if (OPERATIONS[name].acknowledges === true) check();
  const values = await runTogether(
    connection,
    name,
    operations.map(({ request }) => request),
  );
  return values.map((value): Outcome => ({ kind: 'value', value }));
}

function raise(): never {
  throw new Error('more outcomes than operations');
}
