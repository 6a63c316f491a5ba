/**
 * `postgres://USER@HOST:PORT/DATABASE?sslmode=…`, taken apart as libpq does, except where libpq would guess
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS). A password has no place in it, and what may be
 * one is never quoted. What the parameters say of TLS is judged by postgres-tls.ts. Pure.
 */
import { isIPv6 } from 'node:net';
import type { Fault } from '../errors.ts';
import type { PostgresStore } from './config.ts';

/** What a PostgreSQL URL says. With faults, the address holds empty texts where nothing usable was given. */
export interface PostgresUrl {
  readonly address: Pick<PostgresStore, 'host' | 'port' | 'database' | 'user'>;
  /** The known parameters that were given, decoded, without `host`. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly faults: readonly Fault[];
}

const DEFAULT_PORT = 5432;
const PARAMETERS: readonly string[] = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];
/** User, host with port, database, parameters. */
const SHAPE = /^postgres(?:ql)?:\/\/(?:([^/?#@]*)@)?([^/?#@]*)(?:\/([^/?#@]*))?(?:\?([^#]*))?$/i;
/** An address in brackets or a name, and a port. */
const HOST_AND_PORT = /^(?:\[([^[\]]+)\]|([^:[\]]*))(?::(\d+))?$/;
const LIKE_A_PASSWORD = /pass|pwd|secret|token/i;

/** True for a URL that parsePostgresUrl() is to judge. */
export function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:/i.test(url);
}

/** Takes the URL apart, and lists all that is wrong with it. */
export function parsePostgresUrl(url: string): PostgresUrl {
  const secret = passwordFault(url);
  if (secret !== undefined) return nothingOf(secret);
  const parts = SHAPE.exec(url);
  if (parts === null) {
    const hint = 'characters such as / # ? @ are written %2F %23 %3F %40 inside a name';
    return nothingOf(storeFault('expected postgres://USER@HOST:PORT/DATABASE', hint));
  }
  const faults: Fault[] = [];
  const given = readParameters(parts[4] ?? '', faults);
  const address = {
    user: readName('user', parts[1], faults),
    ...readHost(parts[2] ?? '', given.get('host'), faults),
    database: readName('database', parts[3], faults),
  };
  return {
    address,
    parameters: new Map([...given].filter(([name]) => name !== 'host')),
    faults,
  };
}

/** A fault of `outbox.url`. */
export function storeFault(message: string, hint?: string): Fault {
  return { path: 'outbox.url', message, ...(hint === undefined ? {} : { hint }) };
}

function nothingOf(fault: Fault): PostgresUrl {
  return {
    address: { host: '', port: DEFAULT_PORT, database: '', user: '' },
    parameters: new Map(),
    faults: [fault],
  };
}

/** Nothing else is said of such a URL: a password with / or & in it would look like other parts. */
function passwordFault(url: string): Fault | undefined {
  const behindScheme = url.replace(/^\w+:\/*/, '').replace(/%3a/gi, ':');
  const query = /\?(.*)$/s.exec(url)?.[1] ?? '';
  const names = pairsOf(query).map(([name]) => decode(name) ?? name);
  if (!/:.*@/s.test(behindScheme) && !names.some((name) => LIKE_A_PASSWORD.test(name))) return undefined;
  return storeFault(
    'expected no password in the URL',
    'write it into a file and name that in outbox.password_file; an @ inside a name is written %40',
  );
}

function readParameters(query: string, faults: Fault[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [rawName, rawValue] of pairsOf(query)) {
    const name = decode(rawName) ?? '';
    const value = decode(rawValue ?? '');
    // Without its =, it may be any text.
    if (rawValue === undefined)
      faults.push(storeFault('expected parameters such as sslmode=verify-full after ?'));
    else if (!PARAMETERS.includes(name)) faults.push(unknownParameter(name));
    else if (given.has(name)) faults.push(storeFault(`${name} is given twice`, 'remove one of the two'));
    else if (value === undefined) faults.push(codeFault(name));
    else if (value === '')
      faults.push(storeFault(`${name} is empty`, 'write a value, or remove the parameter'));
    given.set(name, value ?? '');
  }
  return new Map([...given].filter(([name, value]) => PARAMETERS.includes(name) && value !== ''));
}

function unknownParameter(name: string): Fault {
  const shown = /^\w{1,40}$/.test(name) ? ` ${name}` : '';
  return storeFault(`unknown parameter${shown}`, `known: ${PARAMETERS.join(', ')}`);
}

function readName(what: 'user' | 'database', raw: string | undefined, faults: Fault[]): string {
  const name = decode(raw ?? '');
  if (name === undefined) faults.push(codeFault(`the ${what}`));
  else if (name === '') {
    faults.push(storeFault(`missing: expected the ${what}, as in postgres://USER@HOST:PORT/DATABASE`));
  }
  return name ?? '';
}

function readHost(
  raw: string,
  parameter: string | undefined,
  faults: Fault[],
): { readonly host: string; readonly port: number } {
  const [, bracketed, plain = '', digits] = HOST_AND_PORT.exec(raw) ?? [];
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  const written = decode(bracketed ?? plain);
  const host = written === '' ? (parameter ?? '') : (written ?? '');
  const fault = hostFault({ raw, host, port, isBracketed: bracketed !== undefined });
  if (fault !== undefined) faults.push(fault);
  else if (parameter !== undefined && host !== parameter)
    faults.push(storeFault('two hosts are given', 'write one, before the / or as the parameter host'));
  return { host: fault === undefined ? host : '', port };
}

interface GivenHost {
  readonly raw: string;
  readonly host: string;
  readonly port: number;
  readonly isBracketed: boolean;
}

/** Never says what came: where a / of a password was not encoded, it may be a part of that. */
function hostFault({ raw, host, port, isBracketed }: GivenHost): Fault | undefined {
  if (raw.includes(',') || host.includes(',')) {
    const hint = "write the server's virtual address or service name, which follows the primary";
    return storeFault('expected one host, got several', hint);
  }
  if (raw === '' && host === '') {
    const hint = 'for a Unix socket write its directory as a parameter: ?host=/var/run/postgresql';
    return storeFault('missing: expected the host, as in postgres://USER@HOST:PORT/DATABASE', hint);
  }
  const isName = !isBracketed && (host.startsWith('/') || /^[\p{L}\p{N}._-]+$/u.test(host));
  if ((isName || isIPv6(host)) && HOST_AND_PORT.test(raw) && port >= 1 && port <= 65_535) return undefined;
  const hint = 'an IPv6 address stands in brackets: [::1]:5432';
  return storeFault('expected HOST or HOST:PORT, with a port from 1 to 65535', hint);
}

function codeFault(what: string): Fault {
  return storeFault(
    `${what}: expected text with codes such as %40, got a % without two digits, or a code that is no text`,
    'a % itself is written %25',
  );
}

/** Names and values as they stand; a value is `undefined` where there is no =. */
function pairsOf(query: string): readonly (readonly [string, string | undefined])[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const end = pair.indexOf('=');
      return end < 0 ? [pair, undefined] : [pair.slice(0, end), pair.slice(end + 1)];
    });
}

/** `undefined` for what is not percent-encoded text. A plus is a plus, as for libpq. */
function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return /\p{Cc}/u.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
