/** The outbox contract over an engine: each method is an operation that the engine runs. */
import type { Outbox } from '../contract.ts';
import type { OperationName, Operations } from './index.ts';

/** What an engine does with operations. */
export interface OperationRunner {
  run<Name extends OperationName>(
    name: Name,
    request: Operations[Name]['request'],
  ): Promise<Operations[Name]['answer']>;
  close(): Promise<void>;
}

/** The contract's methods. */
export function outboxOf({ run, close }: OperationRunner): Outbox {
  return {
    registerLanes: (lanes) => run('registerLanes', { lanes }),
    claimLanes: (request) => run('claimLanes', request),
    releaseLanes: (request) => run('releaseLanes', request),
    append: (notification) => run('append', notification),
    view: (request) => run('view', request),
    page: (request) => run('page', request),
    seal: (request) => run('seal', request),
    begin: (request) => run('begin', request),
    unseal: (request) => run('unseal', request),
    expire: (request) => run('expire', request),
    handOver: (request) => run('handOver', request),
    settle: (request) => run('settle', request),
    readLanes: () => run('readLanes', undefined),
    readMonthCalls: (months) => run('readMonthCalls', months),
    checkWritable: () => run('checkWritable', undefined),
    readState: (groupId, fingerprint) => run('readState', { groupId, fingerprint }),
    readDeadLetterIds: (lane) => run('readDeadLetterIds', lane === undefined ? {} : { lane }),
    readDeadLetters: (messages) => run('readDeadLetters', { messages }),
    reviveDeadLetters: (request) => run('reviveDeadLetters', request),
    dropDeadLetters: (request) => run('dropDeadLetters', request),
    readLedger: (request) => run('readLedger', request),
    moveTimes: (request) => run('moveTimes', request),
    prune: (request) => run('prune', request),
    noteHeartbeat: (id, at) => run('noteHeartbeat', { id, at }),
    readHeartbeat: (id) => run('readHeartbeat', { id }),
    close,
  };
}
