/**
 * The SQLite engine as the rest of notifierd sees it: the outbox contract, carried out by the worker thread. Holds nothing but the
 * requests under way.
 */
import { Worker } from 'node:worker_threads';
import { LeaseLostError, NotifierdError, UnavailableError } from '../../errors.ts';
import type { Appended, Outbox } from '../contract.ts';
import { type OperationRunner, outboxOf } from '../operations/outbox-of.ts';
import { type NumberedAppend, packAppends, unpackAnswers } from './crossing.ts';
import type {
  OperationAnswer,
  RequestedOperation,
  WorkerReport,
  WorkerRequest,
  WorkerSetup,
} from './worker.ts';

/** What the engine tells the outside, for metrics and the end of the process. */
export interface SqliteEngineOptions {
  /** Path of the database; created with its folder if missing. */
  readonly file: string;
  /** After each commit: how long it took, and how many operations shared it. */
  onCommit?(seconds: number, operations: number): void;
  /** The thread died: nothing can be stored any more, and the process should end. */
  onCrash?(error: Error): void;
}

/** Opens (and migrates) the database. Rejects with a NotifierdError that says what is wrong and how to mend it. */
export async function openSqliteOutbox(options: SqliteEngineOptions): Promise<Outbox> {
  return await openThrough('alone', options);
}

/**
 * Opens an outbox that is there already, whether a daemon works on it or not, for a command that looks at it or changes a little.
 * Creates nothing, migrates nothing, keeps no daemon out. Rejects as openSqliteOutbox() does.
 */
export async function visitSqliteOutbox(options: Pick<SqliteEngineOptions, 'file'>): Promise<Outbox> {
  return await openThrough('beside_daemon', options);
}

async function openThrough(access: WorkerSetup['access'], options: SqliteEngineOptions): Promise<Outbox> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: { file: options.file, access } satisfies WorkerSetup,
    name: 'outbox',
  });
  const requests = createRequests(worker, options);
  await requests.opened;
  return outboxOf(requests);
}

interface Requests extends OperationRunner {
  readonly opened: Promise<void>;
}

/** Of 64 webhooks under way at once so many a crossing were answered soonest; 4 to 24 differ little. */
const MOST_TOGETHER = 12;

interface UnderWay {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

function createRequests(worker: Worker, options: SqliteEngineOptions): Requests {
  const underWay = new Map<number, UnderWay>();
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let outgoing: RequestedOperation[] = [];
  let lastId = 0;
  let closed = false;

  worker.on('message', (report: WorkerReport) => {
    switch (report.kind) {
      case 'open':
        return opened.resolve();
      case 'cannot_open':
        closed = true;
        return opened.reject(new NotifierdError(report.code, report.message, report.hint));
      case 'closed':
        return ended.resolve();
      case 'answers': {
        const { committed } = report;
        if (committed !== undefined) options.onCommit?.(committed.seconds, committed.operations);
        // Lanes first: people wait for what they do next.
        report.answers.forEach(answer);
        for (const appended of unpackAnswers(report.appended)) answer({ kind: 'value', ...appended });
        return;
      }
      default:
        return report satisfies never;
    }
  });
  worker.on('error', (error) => crash(asError(error)));
  worker.on('exit', () => {
    if (!closed) crash(new Error('the outbox thread ended'));
    ended.resolve();
  });

  function answer(given: OperationAnswer): void {
    const waiting = underWay.get(given.id);
    underWay.delete(given.id);
    if (given.kind === 'value') waiting?.resolve(given.value);
    else waiting?.reject(toError(given));
  }

  /**
   * Webhooks that come in one turn of the event loop go over together, each crossing costs more than most operations; but no more of them
   * than MOST_TOGETHER, so that the first are being stored while the others are still read. A lane's step does not wait for the end of the
   * turn, in which answers are written to whoever posted.
   */
  function sendTogether(operation: RequestedOperation): void {
    outgoing.push(operation);
    if (outgoing.length >= MOST_TOGETHER) send();
    else if (!isAppend(operation)) queueMicrotask(send);
    else if (outgoing.length === 1) setImmediate(send);
  }

  function send(): void {
    if (outgoing.length === 0) return;
    const appends = outgoing.filter(isAppend).filter(isWanted);
    const operations = outgoing.filter((operation) => !isAppend(operation));
    outgoing = [];
    try {
      const packed = packAppends(appends);
      const request: WorkerRequest = { kind: 'run', appends: packed, operations };
      worker.postMessage(request, [packed.alerts.buffer]);
    } catch (error) {
      // No memory for it, say: whoever asked for one of them would wait for ever. The thread lives, and ends in order.
      crash(asError(error));
      worker.postMessage({ kind: 'close' } satisfies WorkerRequest);
    }
  }

  /** Notifications are stored in the order in which they cross: what has crossed is never behind what its sender posts later. */
  function isWanted({ id, request }: NumberedAppend): boolean {
    if (request.isWanted?.() !== false) return true;
    answer({ kind: 'value', id, value: { kind: 'abandoned' } satisfies Appended });
    return false;
  }

  function crash(error: Error): void {
    if (closed) return;
    closed = true;
    const unavailable = new UnavailableError('outbox_unavailable', `the outbox is gone: ${error.message}`);
    for (const { reject } of underWay.values()) reject(unavailable);
    underWay.clear();
    opened.reject(unavailable);
    options.onCrash?.(error);
  }

  return {
    opened: opened.promise,
    run(name, request) {
      if (closed) return Promise.reject(new UnavailableError('outbox_unavailable', 'the outbox is closed'));
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      underWay.set(id, { resolve, reject });
      sendTogether({ id, name, request });
      // The worker answers each operation with that operation's own result.
      return promise as never;
    },
    async close() {
      if (!closed) {
        send();
        worker.postMessage({ kind: 'close' } satisfies WorkerRequest);
      }
      closed = true;
      await ended.promise;
    },
  };
}

function isAppend(operation: RequestedOperation): operation is RequestedOperation & NumberedAppend {
  return operation.name === 'append';
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function toError({ fault, message }: Extract<OperationAnswer, { kind: 'failure' }>): Error {
  switch (fault) {
    case 'unavailable':
      return new UnavailableError('outbox_unavailable', `the outbox cannot be read or written: ${message}`);
    case 'lease_lost':
      return new LeaseLostError(message);
    case 'ours':
      return new Error(`outbox: ${message}`);
    default:
      return fault satisfies never;
  }
}
