/** What goes wrong with PostgreSQL, in our words: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
import { NotifierdError, UnavailableError } from '../../errors.ts';

/** A statement failed, or there was no connection for it. Whatever else an operation throws is a fault of ours. */
export class StatementError extends Error {
  /** SQLSTATE, or Node's code of a socket error; undefined if pg gave neither. */
  readonly code: string | undefined;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  }
}

/** What can be done about it. */
export type Cure =
  /** The same transaction again: it and another one stood in each other's way. */
  | 'again'
  /** The statement took too long; the connection is as good as before. */
  | 'later'
  /** Later, and over another connection: this one is broken, or leads to a server that cannot write. */
  | 'reconnect'
  /** None: the statement is wrong. */
  | 'none';

/** By the class of its SQLSTATE. */
export function cureFor({ code }: StatementError): Cure {
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return 'reconnect';
  if (code === '40001' || code === '40P01') return 'again';
  if (code === '57014' || code === '55P03') return 'later';
  // A prepared plan that the tables have outgrown while two versions were at work.
  if (code === '0A000') return 'reconnect';
  return /^(21|22|23|34|42(?!501))/.test(code) ? 'none' : 'reconnect';
}

/** For whoever waits for the answer. */
export function toOutboxError(error: unknown): Error {
  if (!(error instanceof StatementError)) return error instanceof Error ? error : new Error(String(error));
  if (cureFor(error) === 'none') return new Error(`outbox: ${error.message}`, { cause: error });
  return new UnavailableError('outbox_unavailable', `the outbox cannot be read or written: ${error.message}`);
}

/**
 * What nobody but a person can mend, at start: the address, the rights, the certificate. Undefined if waiting may help (the server is
 * starting, full, out of reach, or a standby that is about to become the primary).
 */
export function settingFault(error: unknown, where: string): NotifierdError | undefined {
  if (error instanceof NotifierdError) return error;
  if (!(error instanceof StatementError)) return undefined;
  const { code = '', message } = error;
  const hint = HINTS.find(([pattern]) => pattern.test(code) || pattern.test(message))?.[1];
  if (hint === undefined) return undefined;
  return new NotifierdError('outbox_unreachable', `cannot use ${where}: ${message}`, hint);
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /no encryption/,
    'the server wants an encrypted connection: remove sslmode=disable from outbox.url, or allow the connection in pg_hba.conf',
  ],
  [/^28/, 'check the user in outbox.url, outbox.password or outbox.password_file, and pg_hba.conf'],
  [/^3D000$/, 'create the database, or name another one in outbox.url'],
  [
    /^(42501|3F000)$/,
    'the user needs CREATE on the database, or a schema of its own that is named in outbox.schema',
  ],
  [
    /does not support SSL/,
    'turn on ssl in postgresql.conf, or add sslmode=disable to outbox.url if the network is safe',
  ],
  [
    /SASL|password must be a string/,
    'the server asks for a password: set outbox.password or outbox.password_file',
  ],
  [
    /^(ERR_TLS|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|CERT_|ERR_SSL|ERR_OSSL)|certificate/,
    'name the certificate of its authority with sslrootcert in outbox.url; the name in the certificate must be the host of outbox.url',
  ],
  [/^the database's encoding/, 'create a database with encoding UTF8 and name it in outbox.url'],
];
