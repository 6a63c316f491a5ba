/**
 * The PostgreSQL engine: one outbox for any number of replicas. The operations are the same as on SQLite; here each has a transaction of
 * its own, with row locks where SQLite has one writer, and the time is the database's.
 */
import type { Clock } from '../../clock.ts';
import { UnavailableError } from '../../errors.ts';
import type { Log } from '../../plugin/contract.ts';
import type { Appended, NewNotification, Outbox } from '../contract.ts';
import { requireCurrent } from '../migrations/index.ts';
import { OPERATIONS } from '../operations/index.ts';
import { outboxOf } from '../operations/outbox-of.ts';
import type { PostgresAddress } from './address.ts';
import { createAppendQueue } from './append-queue.ts';
import { type Connections, createConnections } from './connections.ts';
import { createDatabaseClock } from './database-clock.ts';
import { describeAddress } from './describe-address.ts';
import { settingFault, toOutboxError } from './faults.ts';
import { readNow } from './locks.ts';
import { channelOf, listenForNews, type News } from './news.ts';
import { openSchema } from './open-schema.ts';
import { createTransactions } from './transactions.ts';

/** What the engine is given. */
export interface PostgresEngineOptions {
  readonly address: PostgresAddress;
  /** Most connections of this replica; one more listens. */
  readonly connections: number;
  /** The machine's clock. */
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the waiting for a server that is away at the start. */
  readonly signal?: AbortSignal;
  /** Longest that an operation waits for a connection, and then for an answer. */
  readonly patienceMs?: number;
  /** `given`: what callers say is recorded as it is. By default the database has the last word on what time it is. */
  readonly time?: 'database' | 'given';
  /** After each commit: how long its transaction took, and how many operations shared it. */
  onCommit?(seconds: number, operations: number): void;
  /** Something waits in these lanes, or `all` may have changed; also what this replica has stored itself. */
  onNews?(news: News): void;
}

/** An outbox, and the clock that goes with it: callers must use no other. */
export interface OpenPostgresOutbox {
  readonly outbox: Outbox;
  readonly clock: Clock;
}

const PATIENCE_MS = 4_000;

/** Creates and migrates the tables if need be. Waits for a server that is away; rejects with a NotifierdError for what a person must mend. */
export async function openPostgresOutbox(options: PostgresEngineOptions): Promise<OpenPostgresOutbox> {
  const { address, clock: machine, log, signal = new AbortController().signal } = options;
  await openSchema(address, { clock: machine, log, signal });
  const connections = connectionsOf(options);
  const clock = createDatabaseClock(machine);
  const outbox = createOutbox(connections, { ...options, clock });
  const channel = channelOf(address);
  const listener =
    options.onNews &&
    listenForNews(
      address,
      { answerMs: options.patienceMs ?? PATIENCE_MS },
      { channel, clock, onNews: (news) => options.onNews?.(news) },
    );
  return {
    outbox: {
      ...outbox,
      async close() {
        await listener?.close();
        await outbox.close();
      },
    },
    clock,
  };
}

/** Opens an outbox that is there already, for a command beside the replicas that work on it. Creates and migrates nothing. */
export async function visitPostgresOutbox(
  options: Pick<PostgresEngineOptions, 'address' | 'clock'>,
): Promise<OpenPostgresOutbox> {
  const connections = connectionsOf({ ...options, connections: 2 });
  const clock = createDatabaseClock(options.clock);
  try {
    await connections.use(async ({ db }) => {
      await requireCurrent(db, options.address.schema);
      const asked = clock.elapsed();
      clock.learn({ now: await readNow(db), asked, answered: clock.elapsed() });
    });
  } catch (error) {
    await connections.close();
    throw settingFault(error, describeAddress(options.address)) ?? toOutboxError(error);
  }
  return { outbox: createOutbox(connections, { ...options, clock }), clock };
}

function connectionsOf({
  address,
  connections,
  patienceMs = PATIENCE_MS,
}: Pick<PostgresEngineOptions, 'address' | 'connections' | 'patienceMs'>): Connections {
  return createConnections(address, { most: connections, answerMs: patienceMs });
}

function createOutbox(
  connections: Connections,
  {
    address,
    clock,
    time = 'database',
    onCommit,
  }: Pick<PostgresEngineOptions, 'address' | 'time' | 'onCommit'> & {
    readonly clock: ReturnType<typeof createDatabaseClock>;
  },
): Outbox {
  let closed = false;
  const runRequests = createTransactions({ connections, clock, time, channel: channelOf(address) });
  const queue = createAppendQueue(
    // append() answers so.
    async (notifications) => (await timed('append', notifications)) as readonly Appended[],
  );

  async function timed(...[name, requests]: Parameters<typeof runRequests>): Promise<unknown[]> {
    const began = clock.elapsed();
    const answers = await runRequests(name, requests);
    if (OPERATIONS[name].writes) onCommit?.((clock.elapsed() - began) / 1000, requests.length);
    return answers;
  }

  return outboxOf({
    async run(name, request) {
      if (closed) throw new UnavailableError('outbox_unavailable', 'the outbox is closed');
      try {
        // Each operation has its own request and answer: here they are all alike.
        if (name === 'append') return (await queue.append(request as NewNotification)) as never;
        return (await timed(name, [request]))[0] as never;
      } catch (error) {
        throw toOutboxError(error);
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      await connections.close();
    },
  });
}
