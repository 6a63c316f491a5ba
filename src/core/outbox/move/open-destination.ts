/**
 * Opens the PostgreSQL schema that a move leads to: tables created if need be, and one connection that nobody else who prepares or fills
 * this schema has beside it. A replica that starts meanwhile waits until the move is over.
 */
import { sql } from 'kysely';
import pg from 'pg';
import type { Clock } from '../../clock.ts';
import { UnavailableError } from '../../errors.ts';
import type { Log } from '../../plugin/contract.ts';
import { clientConfig, type PostgresAddress, sessionSettings } from '../postgres/address.ts';
import { type Connection, connectionOver } from '../postgres/connections.ts';
import { describeAddress } from '../postgres/describe-address.ts';
import { StatementError } from '../postgres/faults.ts';
import { openSchema } from '../postgres/open-schema.ts';
import { type MoveWay, stopped, toMoveError } from './faults.ts';

/** What opening needs. */
export interface OpenDestinationOptions extends MoveWay {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The only connection that fills this schema. */
export interface OpenDestination {
  readonly connection: Connection;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
const ASK_EVERY_MS = 200;
/** The server takes a moment to free what an ended connection had. */
const TRIES_IN_SILENCE = 5;

/**
 * Calls `onWait` if somebody else prepares or fills that schema for more than a moment. Rejects with a NotifierdError, also for a server that is away: whoever
 * is there can try again.
 */
export async function openDestination(
  options: OpenDestinationOptions,
  onWait: () => void,
): Promise<OpenDestination> {
  const { address } = options;
  const client = new pg.Client({ ...clientConfig(address, {}), connectionTimeoutMillis: CONNECT_MS });
  // The next statement fails, and tells of it.
  client.on('error', () => undefined);
  const close = async (): Promise<void> => await client.end().catch(() => undefined);
  try {
    await connect(client, address);
    const connection = connectionOver(client);
    // openSchema() takes the lock as well, and would wait without a word.
    await waitForOthers(connection, options, onWait);
    await sql`select pg_advisory_unlock(${lockOf(address)})`.execute(connection.db);
    await createTables(options);
    await waitForOthers(connection, options, onWait);
    return { connection, close };
  } catch (error) {
    await close();
    throw toMoveError(error, options);
  }
}

/** openSchema() waits for a server that is away, as a daemon should; here the first failure is the last. */
async function createTables({ address, clock, signal }: OpenDestinationOptions): Promise<void> {
  const failed = new AbortController();
  let reason = 'stopped';
  const quiet = (): void => undefined;
  const log: Log = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn(_text, fields) {
      reason = String(fields?.detail);
      failed.abort();
    },
  };
  try {
    await openSchema(address, { clock, log, signal: AbortSignal.any([signal, failed.signal]) });
  } catch (error) {
    if (!failed.signal.aborted) throw error;
    throw new UnavailableError('outbox_unavailable', `cannot use ${describeAddress(address)}: ${reason}`);
  }
}

async function connect(client: pg.Client, address: PostgresAddress): Promise<void> {
  try {
    await client.connect();
    await client.query(sessionSettings(address, {}));
    // A move takes its time, whatever the server's defaults for this user.
    await client.query('set statement_timeout to 0; set idle_in_transaction_session_timeout to 0');
  } catch (error) {
    throw new StatementError(error);
  }
}

/** An earlier move that was killed counts as somebody until the server has undone or done all of it. */
async function waitForOthers(
  { db }: Connection,
  { address, clock, signal }: OpenDestinationOptions,
  onWait: () => void,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { rows } = await sql<{ taken: boolean }>`
      select pg_try_advisory_lock(${lockOf(address)}) as taken`.execute(db);
    if (rows[0]?.taken === true) return;
    if (tries === TRIES_IN_SILENCE) onWait();
    await clock.wait(ASK_EVERY_MS, signal);
    if (signal.aborted) throw stopped();
  }
}

/** The lock of openSchema(). Whoever has it keeps it until the connection ends, and with it all that was begun there. */
function lockOf({ schema }: PostgresAddress) {
  return sql`hashtextextended(${`notifierd ${schema}`}, 0)`;
}
