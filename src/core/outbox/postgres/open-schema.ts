/** Makes the schema of an outbox ready for this version, by one replica at a time. */
import { sql } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../clock.ts';
import { UnavailableError } from '../../errors.ts';
import type { Log } from '../../plugin/contract.ts';
import { migrate } from '../migrations/index.ts';
import { clientConfig, type PostgresAddress, sessionSettings } from './address.ts';
import { type Connection, connectionOver } from './connections.ts';
import { describeAddress } from './describe-address.ts';
import { cureFor, StatementError, settingFault } from './faults.ts';

/** What opening needs. */
export interface OpenSchemaOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the waiting for a server that is away. */
  readonly signal: AbortSignal;
}

const RETRY_MS = 2_000;
const CONNECT_MS = 10_000;
/** A replica that is stopped or cut off in the middle of a migration holds up the others that start for so long. */
const STILL_MS = 60_000;

/**
 * Creates and migrates what is missing. A server that is away is waited for, with a line in the log; rejects with a NotifierdError for
 * what only a person can mend, and with UnavailableError once `signal` aborts.
 */
export async function openSchema(
  address: PostgresAddress,
  { clock, log, signal }: OpenSchemaOptions,
): Promise<void> {
  const where = describeAddress(address);
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      return await prepare(address, signal);
    } catch (error) {
      if (signal.aborted) break;
      const fault = settingFault(error, where);
      if (fault !== undefined) throw fault;
      if (!(error instanceof StatementError) || cureFor(error) === 'none') throw error;
      if (tries === 1 || tries % 15 === 0)
        log.warn('PostgreSQL cannot be used yet, trying again', { where, detail: error.message, tries });
    }
    await clock.wait(RETRY_MS, signal);
  }
  throw new UnavailableError('outbox_unavailable', `stopped while waiting for ${where}`);
}

async function prepare(address: PostgresAddress, signal: AbortSignal): Promise<void> {
  // A migration may take its time, and so may the replica that goes first.
  const client = new pg.Client({ ...clientConfig(address, {}), connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new StatementError(new Error('notifierd stops')));
  signal.addEventListener('abort', abort);
  try {
    await Promise.race([prepareOver(client, address), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    // Ends what is under way; a connection that is cut off cannot say goodbye.
    void client.end().catch(() => undefined);
  }
}

async function prepareOver(client: pg.Client, address: PostgresAddress): Promise<void> {
  try {
    await client.connect();
    await client.query(sessionSettings(address, {}));
  } catch (error) {
    throw new StatementError(error);
  }
  const connection = connectionOver(client);
  await refuseReadOnly(connection);
  await refuseOtherEncodings(connection);
  await endIfStill(connection);
  // Held until the connection ends.
  await sql`select pg_advisory_lock(hashtextextended(${`notifierd ${address.schema}`}, 0))`.execute(
    connection.db,
  );
  await createSchema(connection, address.schema);
  await migrate(connection.db, address.schema);
}

async function refuseReadOnly({ db }: Connection): Promise<void> {
  const { rows } = await sql<{ transaction_read_only: string }>`show transaction_read_only`.execute(db);
  if (rows[0]?.transaction_read_only === 'off') return;
  throw new StatementError(
    new Error('the server is read-only: a standby that has not become the primary yet?'),
  );
}

/** Alerts come in all languages. */
async function refuseOtherEncodings({ db }: Connection): Promise<void> {
  const { rows } = await sql<{ server_encoding: string }>`show server_encoding`.execute(db);
  const encoding = rows[0]?.server_encoding;
  if (encoding !== 'UTF8')
    throw new StatementError(new Error(`the database's encoding is ${encoding}, expected UTF8`));
}

/** The second of these settings came with PostgreSQL 14. */
async function endIfStill({ db }: Connection): Promise<void> {
  await sql`
    select set_config(name, ${String(STILL_MS)}, false) from pg_settings
    where name in ('idle_in_transaction_session_timeout', 'idle_session_timeout')`.execute(db);
}

/** Looks first: `if not exists` asks for the right to create even where nothing has to be created. */
async function createSchema({ db }: Connection, schema: string): Promise<void> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from pg_namespace where nspname = ${schema}) as found`.execute(db);
  if (rows[0]?.found !== true) await sql`create schema ${sql.id(schema)}`.execute(db);
}
