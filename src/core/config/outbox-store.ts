/**
 * Where the outbox is: `outbox.url` and the keys that belong to it, into what an engine needs to open it. Also for commands that are
 * given such URLs as arguments. Reads the certificate files that a PostgreSQL URL names; connects to nothing.
 */
import path from 'node:path';
import type { Fault } from '../errors.ts';
import type { OutboxStore, PostgresStore, SqliteStore } from './config.ts';
import { readPostgresTls } from './postgres-tls.ts';
import { isPostgresUrl, parsePostgresUrl, storeFault } from './postgres-url.ts';
import { showValue } from './show.ts';

/** What a URL does not say. SQLite has a use for the directory only, though a wrong schema is a fault beside it too. */
export interface StoreOptions {
  /** Where relative file names begin. */
  readonly directory: string;
  readonly password: string | null;
  readonly schema: string;
  readonly connections: number;
}

/** The store, or all that is wrong, by the keys' paths (`outbox.url`, `outbox.schema`); no fault quotes what may be a password. */
export interface ReadStore {
  readonly store?: OutboxStore;
  readonly faults: readonly Fault[];
}

/** Resolves `sqlite:FILE` or `postgres://USER@HOST:PORT/DATABASE?…`. Never rejects for anything that is wrong with it. */
export async function toStore(url: string, options: StoreOptions): Promise<ReadStore> {
  const read = isPostgresUrl(url)
    ? await toPostgresStore(url, options)
    : toSqliteStore(url, options.directory);
  const faults = [...read.faults, ...schemaFaults(options.schema)];
  return faults.length === 0 ? read : { faults };
}

async function toPostgresStore(url: string, options: StoreOptions): Promise<ReadStore> {
  const { directory, password, schema, connections } = options;
  const { address, parameters, faults: urlFaults } = parsePostgresUrl(url);
  const { tls, faults: tlsFaults } = await readPostgresTls({ host: address.host, parameters, directory });
  const store: PostgresStore = {
    engine: 'postgres',
    ...address,
    ...(password === null ? {} : { password }),
    schema,
    ...(tls === undefined ? {} : { tls }),
    connections,
  };
  return { store, faults: [...urlFaults, ...tlsFaults] };
}

function toSqliteStore(url: string, directory: string): ReadStore {
  const example = 'write sqlite:data/notifierd.db, or postgres://USER@HOST:PORT/DATABASE';
  const refused = (message: string, hint: string): ReadStore => ({ faults: [storeFault(message, hint)] });
  const file = /^sqlite:(?!\/\/)(.+)$/.exec(url)?.[1];
  if (file === undefined)
    return refused(`expected sqlite: and a file, or a PostgreSQL address, got ${showUrl(url)}`, example);
  if (file.startsWith(':'))
    return refused('expected a file, got a database in memory', 'events must survive a restart');
  if (/\p{Cc}/u.test(file) || file.trim() === '')
    return refused('expected the name of a file, got blanks or control characters', example);
  if (file.endsWith('/')) return refused('expected a file, got a directory', example);
  const store: SqliteStore = { engine: 'sqlite', file: path.resolve(directory, file) };
  return { store, faults: [] };
}

/** The address of another database may hold its password anywhere. */
function showUrl(url: string): string {
  return /[@?]/.test(url) || /:.*:/s.test(url) ? 'text' : showValue(url, false);
}

/** It goes into SQL as a name: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS. */
function schemaFaults(schema: string): Fault[] {
  const fault = (message: string, hint: string): Fault[] => [{ path: 'outbox.schema', message, hint }];
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    const expected = 'expected at most 63 lower-case letters, digits and _, not beginning with a digit';
    return fault(`${expected}, got ${showValue(schema, false)}`, 'the default is notifierd');
  }
  if (schema.startsWith('pg_'))
    return fault('expected another name', 'PostgreSQL keeps names with pg_ to itself');
  return [];
}
