/** Operations on PostgreSQL: each in a transaction of its own, with the locks that it asks for, tried again if another stood in its way. */
import { sql } from 'kysely';
import type { Clock } from '../../clock.ts';
import { UnavailableError } from '../../errors.ts';
import type { NewNotification } from '../contract.ts';
import { OPERATIONS, type Operation, type OperationName } from '../operations/index.ts';
import { runTogether } from '../operations/together.ts';
import type { Connection, Connections } from './connections.ts';
import type { DatabaseClock } from './database-clock.ts';
import { cureFor, StatementError } from './faults.ts';
import { lockGroups, lockLanes, readNow } from './locks.ts';
import { tellNews } from './news.ts';

/** What transactions are made with. */
export interface TransactionOptions {
  readonly connections: Connections;
  readonly clock: DatabaseClock;
  /** Whose time is recorded: `given` for those who decide themselves what time it is. */
  readonly time: 'database' | 'given';
  /** The channel on which other replicas hear of what was stored. */
  readonly channel: string;
}

/** Runs one operation for some callers at once; answers in the order of the requests. */
export type RunRequests = (name: OperationName, requests: readonly unknown[]) => Promise<unknown[]>;

/** Of two that stood in each other's way the database ends one: it only has to let the other one finish. */
const AGAIN_MS = 5;
const NEVER = new AbortController().signal;
/** How often a transaction is tried that another one ended. */
const TRIES = 6;
/** A caller that is ahead of the database by more has planned with a wrong time. */
const AHEAD_MS = 100;

/** Over these connections. */
export function createTransactions(options: TransactionOptions): RunRequests {
  const { connections, clock } = options;
  return async (name, requests) => {
    for (let tries = 1; ; tries++) {
      try {
        return await connections.use(
          async (connection) => await runOn(connection, { name, requests }, options),
        );
      } catch (error) {
        const again = error instanceof StatementError && cureFor(error) === 'again' && tries < TRIES;
        if (!again) throw error;
        await clock.wait(AGAIN_MS * tries, NEVER);
      }
    }
  };
}

interface Work {
  readonly name: OperationName;
  readonly requests: readonly unknown[];
}

async function runOn(connection: Connection, work: Work, options: TransactionOptions): Promise<unknown[]> {
  const { writes, snapshot, timed } = operation(work.name);
  if (work.name === 'checkWritable') return [await checkWritable(connection)];
  if (!writes && snapshot !== true) {
    const requests = timed === true ? await stamp(connection, work.requests, options) : work.requests;
    return await runTogether(connection.db, work.name, requests);
  }
  await connection.command(writes ? 'begin' : 'begin isolation level repeatable read read only');
  try {
    const answers = writes
      ? await write(connection, work, options)
      : await runTogether(connection.db, work.name, work.requests);
    await connection.command('commit');
    return answers;
  } catch (error) {
    // What is broken is closed, and rolled back by that.
    if (!connection.isBroken()) await connection.command('rollback').catch(() => undefined);
    throw error;
  }
}

async function write(
  { db }: Connection,
  { name, requests }: Work,
  options: TransactionOptions,
): Promise<unknown[]> {
  const { touches, timed, news } = operation(name);
  let stamped = requests;
  if (name === 'append') {
    // Only append() takes notifications.
    const notifications = requests as readonly NewNotification[];
    const now = await timedBy(options.clock, async () => await lockGroups(db, notifications));
    // Of two copies the one that comes second must not be the earlier one.
    if (options.time === 'database')
      stamped = notifications.map((notification) => ({ ...notification, receivedAt: now }));
  }
  if (touches !== undefined) {
    const lanes = requests.map((request) => touches(request));
    const now = await timedBy(
      options.clock,
      async () => await lockLanes(db, lanes.includes('all') ? 'all' : lanes.flat()),
    );
    if (timed === true) stamped = requests.map((request) => atTime(request, now, options));
  }
  const answers = await runTogether(db, name, stamped);
  if (news !== undefined) {
    const lanes = answers.map((answer, index) => news(requests[index], answer));
    await tellNews(db, options.channel, lanes.includes('all') ? 'all' : [...new Set(lanes.flat())]);
  }
  return answers;
}

async function stamp(
  { db }: Connection,
  requests: readonly unknown[],
  options: TransactionOptions,
): Promise<unknown[]> {
  const now = await timedBy(options.clock, async () => await readNow(db));
  return requests.map((request) => atTime(request, now, options));
}

async function timedBy(
  clock: Clock & Pick<DatabaseClock, 'learn'>,
  read: () => Promise<number>,
): Promise<number> {
  const asked = clock.elapsed();
  const now = await read();
  clock.learn({ now, asked, answered: clock.elapsed() });
  return now;
}

/** The request with the database's time. */
function atTime(request: unknown, now: number, { time }: TransactionOptions): unknown {
  if (time === 'given') return request;
  // Every timed operation has a time.
  const timed = request as { readonly at: number };
  if (timed.at > now + AHEAD_MS)
    throw new UnavailableError(
      'outbox_unavailable',
      "the database's clock was set back: trying again with its new time",
    );
  return { ...timed, at: now };
}

/** A standby answers, too, but takes nothing. */
async function checkWritable({ db }: Connection): Promise<undefined> {
  const { rows } = await sql<{ transaction_read_only: string }>`show transaction_read_only`.execute(db);
  if (rows[0]?.transaction_read_only === 'off') return undefined;
  throw new StatementError(
    Object.assign(new Error('the server is read-only: a standby?'), { code: '25006' }),
  );
}

/** What every operation has in common; which takes what is lost in a list of them. */
function operation(name: OperationName): LooseOperation {
  return OPERATIONS[name] as unknown as LooseOperation; // see above
}

interface LooseOperation extends Pick<Operation<OperationName>, 'writes' | 'timed' | 'snapshot'> {
  readonly touches?: (request: unknown) => readonly string[] | 'all';
  readonly news?: (request: unknown, answer: unknown) => readonly string[] | 'all';
}
