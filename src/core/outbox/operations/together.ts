/** Runs one operation for several callers: the same on every engine. */
import type { Database } from './database.ts';
import { OPERATIONS, type OperationName } from './index.ts';

/** One answer each, in the order of the requests. Rejects if one fails; then none is to be answered. */
export async function runTogether(
  db: Database,
  name: OperationName,
  requests: readonly unknown[],
): Promise<unknown[]> {
  // The contract's methods are typed operation by operation; in a queue of them that is lost.
  const { run, runAll } = OPERATIONS[name] as unknown as {
    run(db: Database, request: unknown): Promise<unknown>;
    runAll?(db: Database, requests: readonly unknown[]): Promise<unknown[]>;
  };
  if (runAll !== undefined) return await runAll(db, requests);
  const answers: unknown[] = [];
  for (const request of requests) answers.push(await run(db, request));
  return answers;
}
