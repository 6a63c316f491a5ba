/**
 * What tests do to a server as its superuser, over its Unix socket, each time with a connection of its own: so a test may stop, pause or
 * cut off the server in between, and nothing lingers.
 */
import { Client } from 'pg';
import { eventually } from '../eventually.ts';
import { SUPERUSER } from './cluster.ts';

/** A row as node-postgres has it: numbers of 8 bytes are text. */
export type Row = Readonly<Record<string, unknown>>;

/** The superuser at work. */
export interface Superuser {
  /** Runs one or more statements, as psql does, in the database `postgres` unless told; returns the rows of the last. */
  query(sql: string, database?: string): Promise<readonly Row[]>;
  /**
   * ALTER SYSTEM, and waits until new connections have the value. What the server reads only at its start (max_connections) has to wait
   * for that.
   */
  setting(name: string, value: string): Promise<void>;
}

/** Of the server whose socket is in this folder. */
export function createSuperuser(socketDir: string, port: number): Superuser {
  const query: Superuser['query'] = async (sql, database = SUPERUSER) => {
    const client = new Client({ host: socketDir, port, user: SUPERUSER, database });
    // A server that stops meanwhile tells it twice: the query's own rejection is enough.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return rowsOf(await client.query(sql));
    } finally {
      await client.end();
    }
  };
  return {
    query,
    async setting(name, value) {
      const loadedAt = await loadTime(query);
      await query(`ALTER SYSTEM SET ${quoteName(name)} = ${quoteText(value)}`);
      await query('SELECT pg_reload_conf()');
      await eventually(`PostgreSQL has read ${name}`, async () => (await loadTime(query)) !== loadedAt, {
        everyMs: 5,
      });
    },
  };
}

/** An identifier in SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Several statements give a list, which the types do not know. */
function rowsOf(result: unknown): readonly Row[] {
  const last: unknown = Array.isArray(result) ? result.at(-1) : result;
  // What node-postgres promises for each statement: https://node-postgres.com/apis/result
  return (last as { readonly rows: readonly Row[] }).rows;
}

function quoteText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** As text: its microseconds do not fit a Date. */
async function loadTime(query: Superuser['query']): Promise<unknown> {
  const [row] = await query('SELECT pg_conf_load_time()::text AS loaded');
  return row?.loaded;
}
