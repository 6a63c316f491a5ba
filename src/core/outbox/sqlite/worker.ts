/**
 * The thread that owns the SQLite file, so that no fsync ever holds up the event loop that answers Alertmanager. Takes requests,
 * runs all that have come together as one group commit, and answers.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Kysely } from 'kysely';
import { systemClock } from '../../clock.ts';
import { LeaseLostError, NotifierdError, UnavailableError } from '../../errors.ts';
import { showIdleness } from '../../idle-heap.ts';
import type { Appended } from '../contract.ts';
import { migrate, requireCurrent } from '../migrations/index.ts';
import { giveUpMove, refuseMoved } from '../move/marker.ts';
import { OPERATIONS, type OperationName } from '../operations/index.ts';
import type { OutboxTables } from '../schema.ts';
import {
  type NumberedAnswer,
  type PackedAppends,
  packAnswers,
  type UnpackedAppend,
  unpackAppends,
} from './crossing.ts';
import { createSqliteDialect } from './dialect.ts';
import { createFileGuard, type FileGuard } from './file-guard.ts';
import { type Outcome, runBatch } from './group-commit.ts';
import { nextBatch } from './next-batch.ts';
import { explain, openBesideDaemon, openDatabase } from './open-database.ts';

/** What the thread is started with. `beside_daemon`: the file is there, and perhaps in use. */
export interface WorkerSetup {
  readonly file: string;
  readonly access: 'alone' | 'beside_daemon';
}

/** From the engine. `close` finishes what came before it. */
export type WorkerRequest =
  | {
      readonly kind: 'run';
      readonly appends: PackedAppends;
      /** All others. */
      readonly operations: readonly RequestedOperation[];
    }
  | { readonly kind: 'close' };

/** To the engine. */
export type WorkerReport =
  | { readonly kind: 'open' }
  | { readonly kind: 'cannot_open'; readonly code: string; readonly message: string; readonly hint?: string }
  | {
      readonly kind: 'answers';
      /** Those of appends that were committed, packed. */
      readonly appended: string;
      /** All others. */
      readonly answers: readonly OperationAnswer[];
      /** How long the commit took, and how many operations shared it; absent if nothing was to be written. */
      readonly committed?: { readonly seconds: number; readonly operations: number };
    }
  | { readonly kind: 'closed' };

/** One operation to be run. */
export interface RequestedOperation {
  readonly id: number;
  readonly name: OperationName;
  readonly request: unknown;
  /** To be called when the request is not needed any more. */
  done?(): void;
}

/** What came of one operation. */
export type OperationAnswer =
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  /** `message`: of a lost lease the lane's name. */
  | { readonly kind: 'failure'; readonly id: number; readonly fault: Fault; readonly message: string };

/** Whose an error is: nobody's, if the file cannot be used now; the lane's new holder's; or a bug of ours. */
export type Fault = 'unavailable' | 'lease_lost' | 'ours';

const report = (message: WorkerReport): void => parentPort?.postMessage(message);

try {
  // The engine starts this thread with it.
  const { db, release, guard } = await open(workerData as WorkerSetup);
  serve(db, { release, guard });
  report({ kind: 'open' });
} catch (error) {
  const { code, message, hint } =
    error instanceof NotifierdError
      ? error
      : { code: 'outbox_unreachable', message: String(error), hint: undefined };
  report({ kind: 'cannot_open', code, message, ...(hint === undefined ? {} : { hint }) });
  parentPort?.close();
}

async function open({ file, access }: WorkerSetup): Promise<{ db: Kysely<OutboxTables> } & Surroundings> {
  switch (access) {
    case 'alone': {
      const { database, release } = openDatabase(file);
      const db = new Kysely<OutboxTables>({ dialect: createSqliteDialect(database) });
      await ready(db, file).catch((error: unknown) => {
        throw 'errcode' in Object(error) ? explain(error, file) : error;
      });
      return { db, release, guard: createFileGuard(file) };
    }
    case 'beside_daemon': {
      const dialect = createSqliteDialect(openBesideDaemon(file));
      const db = new Kysely<OutboxTables>({ dialect });
      await requireCurrent(db);
      await refuseMoved(db, file);
      return { db, release: () => undefined, guard: createFileGuard(file) };
    }
    default:
      return access satisfies never;
  }
}

async function ready(db: Kysely<OutboxTables>, file: string): Promise<void> {
  await migrate(db);
  await refuseMoved(db, file);
  await giveUpMove(db);
}

/** What belongs to the open file beside the database. */
interface Surroundings {
  readonly release: () => void;
  readonly guard: FileGuard;
}

function serve(db: Kysely<OutboxTables>, { release, guard }: Surroundings): void {
  let waiting: readonly RequestedOperation[] = [];
  let closing = false;
  let running = false;
  const ending = new AbortController();
  void showIdleness(systemClock, ending.signal);

  async function runWaiting(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const { batch, rest } = nextBatch(waiting);
      waiting = rest;
      const started = systemClock.elapsed();
      const outcomes = await runBatch(db, batch, () => guard.check());
      const committed = batch.some(({ name }) => OPERATIONS[name].writes)
        ? { committed: { seconds: (systemClock.elapsed() - started) / 1000, operations: batch.length } }
        : {};
      report({ kind: 'answers', ...answersOf(outcomes), ...committed });
      for (const { done } of batch) done?.();
      // Let the requests in that came during the commit: they make up the next batch.
      await new Promise((resolve) => setImmediate(resolve));
    }
    running = false;
    if (closing) await end();
  }

  function answersOf(outcomes: ReadonlyMap<RequestedOperation, Outcome>) {
    const appended: NumberedAnswer[] = [];
    const answers: OperationAnswer[] = [];
    for (const [{ id, name }, outcome] of outcomes) {
      // Appends answer with what append() answers; in a queue of operations that is lost.
      if (name === 'append' && outcome.kind === 'value')
        appended.push({ id, value: outcome.value as Appended });
      else answers.push(answerOf(id, outcome));
    }
    return { appended: packAnswers(appended), answers };
  }

  function answerOf(id: number, outcome: Outcome): OperationAnswer {
    if (outcome.kind === 'value') return { kind: 'value', id, value: outcome.value };
    return { kind: 'failure', id, ...failureOf(guard.explainFailure(outcome.error)) };
  }

  async function end(): Promise<void> {
    ending.abort();
    await db.destroy();
    release();
    report({ kind: 'closed' });
    parentPort?.close();
  }

  parentPort?.on('message', (message: WorkerRequest) => {
    if (message.kind === 'close') closing = true;
    else waiting = [...waiting, ...unpackAppends(message.appends).map(toOperation), ...message.operations];
    if (!running) void runWaiting();
  });
}

function toOperation(append: UnpackedAppend): RequestedOperation {
  return { ...append, name: 'append' };
}

function failureOf(error: unknown): { readonly fault: Fault; readonly message: string } {
  if (error instanceof LeaseLostError) return { fault: 'lease_lost', message: error.lane };
  const isStores = error instanceof UnavailableError || (error instanceof Error && 'errcode' in error);
  const message = error instanceof Error ? error.message : String(error);
  return { fault: isStores ? 'unavailable' : 'ours', message };
}
