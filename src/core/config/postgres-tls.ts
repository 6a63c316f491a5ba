/**
 * How the connection to PostgreSQL is encrypted: libpq's words for it (https://www.postgresql.org/docs/current/libpq-ssl.html) into
 * what Node needs, the certificate files read and looked at. Without a word, what leaves the machine is encrypted and the server must
 * prove its name, where libpq would be content with plain text.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import path from 'node:path';
import type { Fault } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { PostgresTls } from './config.ts';
import { storeFault } from './postgres-url.ts';
import { showValue } from './show.ts';
import { readTextFile } from './text-file.ts';

/** What there is to judge. */
export interface TlsQuestion {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string;
  /** `sslmode`, `sslrootcert`, `sslcert` and `sslkey`, as far as they were given. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Where relative file names begin. */
  readonly directory: string;
}

/** How to encrypt (absent: not at all), and all that is wrong. */
export interface ReadTls {
  readonly tls?: PostgresTls;
  readonly faults: readonly Fault[];
}

const VERIFY_OF_MODE: ReadonlyMap<string, PostgresTls['verify']> = new Map([
  ['require', 'none'],
  ['verify-ca', 'ca'],
  ['verify-full', 'full'],
]);
const MODES = ['disable', ...VERIFY_OF_MODE.keys()];
const FILES = ['sslrootcert', 'sslcert', 'sslkey'];
/** Longest certificate file, in bytes: the authorities of a whole system fit in. */
const MAX_PEM_BYTES = 1_048_576;

/** Judges sslmode and reads the certificate files. Never rejects for anything that is wrong with them. */
export async function readPostgresTls({ host, parameters, directory }: TlsQuestion): Promise<ReadTls> {
  const mode = parameters.get('sslmode');
  const files = FILES.filter((name) => parameters.has(name));
  const faults = [...modeFaults(mode), ...fileFaults(host, mode, files)];
  const effective = mode ?? (isOnThisMachine(host) ? 'disable' : 'verify-full');
  const pems = await readPems(parameters, directory);
  faults.push(...pems.faults);
  const verify = VERIFY_OF_MODE.get(effective);
  if (faults.length > 0 || verify === undefined) return { faults };
  return { tls: { verify, ...pems.texts }, faults };
}

function modeFaults(mode: string | undefined): Fault[] {
  if (mode === undefined || MODES.includes(mode)) return [];
  if (mode === 'allow' || mode === 'prefer') {
    const hint = 'write verify-full, or disable if plain text is meant';
    return [storeFault(`sslmode=${mode} would fall back to plain text without a word`, hint)];
  }
  const near = nearest(mode, MODES);
  return [
    storeFault(
      `sslmode: expected one of ${MODES.join(', ')}, got ${showValue(mode, false)}`,
      near === undefined ? undefined : `did you mean ${near}?`,
    ),
  ];
}

/** What does not fit together, before any file is read. */
function fileFaults(host: string, mode: string | undefined, files: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  const [first] = files;
  if (host.startsWith('/') && (first !== undefined || VERIFY_OF_MODE.has(mode ?? ''))) {
    const hint = 'remove sslmode and the certificates, or write a host';
    return [storeFault('PostgreSQL does not encrypt what goes through a Unix socket', hint)];
  }
  if (first !== undefined && mode === 'disable') {
    faults.push(storeFault(`${first} has no meaning with sslmode=disable`, 'remove one of the two'));
  } else if (first !== undefined && mode === undefined && isOnThisMachine(host)) {
    const hint = 'write sslmode=verify-full to encrypt all the same';
    faults.push(
      storeFault(`${first} has no meaning: a connection inside the machine is not encrypted`, hint),
    );
  }
  if (mode === 'require' && files.includes('sslrootcert')) {
    const hint = 'write verify-full or verify-ca';
    faults.push(storeFault('sslrootcert has no meaning with sslmode=require, which verifies nothing', hint));
  }
  if (files.includes('sslcert') !== files.includes('sslkey')) {
    const [given, missing] = files.includes('sslcert') ? ['sslcert', 'sslkey'] : ['sslkey', 'sslcert'];
    faults.push(storeFault(`${missing} is missing: ${given} is given, and the two belong together`));
  }
  return faults;
}

function isOnThisMachine(host: string): boolean {
  if (host.startsWith('/') || host.toLowerCase() === 'localhost') return true;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

interface Pems {
  readonly texts: Omit<PostgresTls, 'verify'>;
  readonly faults: readonly Fault[];
}

async function readPems(parameters: TlsQuestion['parameters'], directory: string): Promise<Pems> {
  const faults: Fault[] = [];
  const read = async (name: string, problemOf: (text: string) => string | undefined) => {
    const file = parameters.get(name);
    if (file === undefined) return undefined;
    const absolute = path.resolve(directory, file);
    const pem = await readTextFile(absolute, MAX_PEM_BYTES);
    if ('problem' in pem) faults.push(storeFault(`${name}: cannot read ${absolute}: ${pem.problem}`));
    else {
      const problem = problemOf(pem.text);
      if (problem === undefined) return pem.text;
      faults.push(storeFault(`${name}: ${absolute} ${problem}`));
    }
    return undefined;
  };
  const ca = await read('sslrootcert', certificateProblem);
  const cert = await read('sslcert', certificateProblem);
  const key = await read('sslkey', keyProblem);
  if (cert !== undefined && key !== undefined && !belongTogether(cert, key)) {
    faults.push(storeFault('sslkey is not the key of the certificate in sslcert'));
  }
  return {
    texts: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
    faults,
  };
}

/** Node passes over an authority that it cannot read, and would then trust none. */
function certificateProblem(text: string): string | undefined {
  const certificates = text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];
  if (certificates.length === 0) return 'holds no certificate in PEM format';
  const damaged = certificates.findIndex((pem) => !succeeds(() => new X509Certificate(pem)));
  return damaged < 0 ? undefined : `holds a certificate that cannot be read: number ${damaged + 1}`;
}

function keyProblem(text: string): string | undefined {
  if (/-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(text))
    return 'needs a passphrase, which notifierd cannot ask for: store the key without one';
  return succeeds(() => createPrivateKey(text)) ? undefined : 'holds no private key in PEM format';
}

function belongTogether(cert: string, key: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

/** The errors of OpenSSL say nothing that helps a person, and might quote the file. */
function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
