/** Where the PostgreSQL of an outbox is, and what a connection to it is made of. */
import { hostname } from 'node:os';
import pg from 'pg';

/** A database and a schema in it. */
export interface PostgresAddress {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** Holds the outbox's tables and nothing else. */
  readonly schema: string;
  /** Absent: not encrypted. */
  readonly tls?: PostgresTls;
}

/** How a connection is encrypted. */
export interface PostgresTls {
  /** `none`: encrypted, whoever answers; `ca`: by somebody with a certificate of the authority; `full`: and for this very host. */
  readonly verify: 'none' | 'ca' | 'full';
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** How long one is waited for. */
export interface Patience {
  /** Longest that a connection or an answer may take, in milliseconds; absent: for ever. */
  readonly answerMs?: number;
}

/** pg's own settings: https://node-postgres.com/apis/client. */
export function clientConfig(address: PostgresAddress, { answerMs }: Patience): pg.ClientConfig {
  const { host, port, database, user, password, tls } = address;
  return {
    host,
    port,
    database,
    user,
    ...(password === undefined ? {} : { password }),
    ssl: tls === undefined ? false : sslOf(tls),
    application_name: `notifierd ${hostname()}`,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    types: { getTypeParser },
    ...(answerMs === undefined ? {} : { connectionTimeoutMillis: answerMs, query_timeout: answerMs }),
  };
}

/** The server gives up first, while somebody still listens: a statement that nobody waits for any more goes on holding its locks. */
const SERVER_SHARE = 0.75;
/** Shorter still, so that who waits for the locks of a client that has forgotten its transaction gets them before it gives up itself. */
const IDLE_SHARE = 0.5;

/** A server would take two hours to notice that a client is cut off, and keep its connection for as long; this way it takes 30 s. */
const KEEPALIVES = [
  'set tcp_keepalives_idle to 15',
  'set tcp_keepalives_interval to 5',
  'set tcp_keepalives_count to 3',
];

/**
 * What every connection is told first. A transaction that its client has forgotten (it was stopped, or cut off) ends on the server's side:
 * its locks hold up the others.
 */
export function sessionSettings({ schema }: PostgresAddress, { answerMs }: Patience): string {
  const settings = [`set search_path to "${schema}"`, 'set synchronous_commit to on', ...KEEPALIVES];
  if (answerMs !== undefined) {
    const serverMs = Math.ceil(answerMs * SERVER_SHARE);
    settings.push(`set statement_timeout to ${serverMs}`);
    settings.push(`set lock_timeout to ${serverMs}`);
    settings.push(`set idle_in_transaction_session_timeout to ${Math.ceil(answerMs * IDLE_SHARE)}`);
  }
  return settings.join('; ');
}

function sslOf({ verify, ca, cert, key }: PostgresTls): NonNullable<pg.ClientConfig['ssl']> {
  return {
    rejectUnauthorized: verify !== 'none',
    ...(verify === 'full' ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  } as NonNullable<pg.ClientConfig['ssl']>; // a name check that finds nothing returns undefined, which the types do not know
}

/** Ids, counts and milliseconds all stay below 2^53; pg would hand them over as text. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC) return Number;
  return pg.types.getTypeParser(oid, format as 'text'); // pg's overloads want a literal
}
