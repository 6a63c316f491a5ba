/**
 * Connections to PostgreSQL: a bounded pool of them, each with Kysely on top. One that fails in a way that says nothing good of its future
 * is closed, and the next user gets a new one: so a server that was restarted, moved or cut off is found again without anybody's help.
 */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { OutboxTables } from '../schema.ts';
import { clientConfig, type Patience, type PostgresAddress, sessionSettings } from './address.ts';
import { cureFor, StatementError } from './faults.ts';

/** One connection, in the hands of one user. */
export interface Connection {
  readonly db: Kysely<OutboxTables>;
  /** A statement without an answer worth reading: `begin`, `commit`. */
  command(text: string): Promise<void>;
  /** It has failed in a way that says nothing good of its future: it will answer nothing more, or not what is hoped for. */
  isBroken(): boolean;
}

/** The pool. All failures are StatementErrors. */
export interface Connections {
  /** Waits for a free connection, at most for as long as for an answer. */
  use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Waits for those in use. */
  close(): Promise<void>;
}

/** Opens none yet. */
export function createConnections(
  address: PostgresAddress,
  { most, ...patience }: Patience & { readonly most: number },
): Connections {
  const pool = new pg.Pool({ ...clientConfig(address, patience), max: most, idleTimeoutMillis: 60_000 });
  // An idle connection that breaks is no news: the pool forgets it. Without a listener it would end the process.
  pool.on('error', () => undefined);
  // Where one has broken, those that lie idle lead to the same server on the same way: nobody shall have to try them all.
  let trusted = new WeakMap<pg.PoolClient, Connection>();
  const strangers = new WeakSet<pg.PoolClient>();

  async function acquire(): Promise<{ client: pg.PoolClient; connection: Connection }> {
    for (;;) {
      const client = await pool.connect();
      const known = trusted.get(client);
      if (known !== undefined) return { client, connection: known };
      if (strangers.has(client)) client.release(true);
      else return { client, connection: await setUp(client) };
    }
  }

  async function setUp(client: pg.PoolClient): Promise<Connection> {
    client.on('error', () => undefined);
    strangers.add(client);
    try {
      await client.query(sessionSettings(address, patience));
    } catch (error) {
      client.release(true);
      throw error;
    }
    const connection = connectionOver(client);
    trusted.set(client, connection);
    return connection;
  }

  function release(client: pg.PoolClient, connection: Connection): void {
    const isBroken = connection.isBroken();
    client.release(isBroken);
    if (isBroken) trusted = new WeakMap();
  }

  return {
    async use(work) {
      const { client, connection } = await acquire().catch((error: unknown) => {
        throw new StatementError(error);
      });
      try {
        return await work(connection);
      } finally {
        release(client, connection);
      }
    },
    async close() {
      await pool.end();
    },
  };
}

/** A connection over a client that is connected and set up. */
export function connectionOver(client: pg.ClientBase): Connection {
  let broken = false;
  const query = async (text: string, values: readonly unknown[] = []): Promise<unknown> => {
    try {
      return await client.query(text, [...values]);
    } catch (cause) {
      const error = new StatementError(cause);
      broken ||= cureFor(error) === 'reconnect';
      throw error;
    }
  };
  const lent = {
    // Kysely calls it as (text, values) or with a cursor, of which it uses none here.
    query: (text: string, values: readonly unknown[]) => query(text, values.map(storable)),
    release: () => undefined,
  };
  const pool = { connect: async () => lent, end: async () => undefined };
  // What Kysely wants of a pool is only this; its type names all of pg's.
  const dialect = new PostgresDialect({ pool: pool as never });
  return {
    db: new Kysely<OutboxTables>({ dialect }),
    async command(text) {
      await query(text);
    },
    isBroken: () => broken,
  };
}

/** Every number in the tables is whole, and PostgreSQL's text cannot hold the character 0. */
function storable(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value);
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
