/**
 * Certificates for a test server: an authority made for this occasion, and a server that it vouches for. Made with Node alone, because
 * small images have no openssl; a key that lay in the repository would set off every scanner for secrets.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bits,
  instant,
  integer,
  numbered,
  objectIdentifier,
  octets,
  sequence,
  setOf,
  text,
  yes,
} from './der.ts';

/** Everything in PEM. */
export interface Certificates {
  /** What a client is to trust. */
  readonly caPem: string;
  /** For `localhost` and 127.0.0.1. */
  readonly certificatePem: string;
  readonly keyPem: string;
}

interface Subject {
  readonly name: string;
  readonly endsInMs: number;
  readonly key: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

const A_YEAR_MS = 365 * 24 * 3_600_000;
const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/** What a server's certificate says; a right one says it of `localhost` and 127.0.0.1, until a year from now. */
export interface CertificateOptions {
  readonly host?: string;
  readonly address?: readonly number[];
  /** When its validity ends: this many milliseconds from now; negative for one that has expired. */
  readonly endsInMs?: number;
}

/** A new authority and a new server, valid from a year ago. */
export function createCertificates(options: CertificateOptions = {}): Certificates {
  const { host = 'localhost', address = [127, 0, 0, 1], endsInMs = A_YEAR_MS } = options;
  // A name of its own: a client that trusts several would take the first of that name.
  const authority = newSubject(`notifierd test authority ${randomBytes(4).toString('hex')}`, A_YEAR_MS);
  const server = newSubject(host, endsInMs);
  return {
    caPem: certify(authority, authority, [authorityExtension()]),
    certificatePem: certify(server, authority, [addressesExtension(host, address)]),
    keyPem: String(server.key.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function newSubject(name: string, endsInMs: number): Subject {
  return { name, endsInMs, key: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }) };
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function certify(subject: Subject, issuer: Subject, extensions: readonly Buffer[]): string {
  const version3 = numbered(0, 'wrapped', integer(2));
  const now = Date.now();
  const content = sequence(
    version3,
    integer(Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(instant(new Date(now - A_YEAR_MS)), instant(new Date(now + subject.endsInMs))),
    nameOf(subject),
    subject.key.publicKey.export({ type: 'spki', format: 'der' }),
    numbered(3, 'wrapped', sequence(...extensions)),
  );
  const signature = sign('sha256', content, issuer.key.privateKey);
  const base64 = sequence(content, ECDSA_WITH_SHA256, bits(signature)).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Only a common name. */
function nameOf({ name }: Subject): Buffer {
  return sequence(setOf(sequence(objectIdentifier('2.5.4.3'), text(name))));
}

/** "This one may certify others." */
function authorityExtension(): Buffer {
  return sequence(objectIdentifier('2.5.29.19'), yes(), octets(sequence(yes())));
}

/** Where it may be met: a DNS name (2) and an IP address (7). */
function addressesExtension(host: string, address: readonly number[]): Buffer {
  const dnsName = numbered(2, 'replaced', Buffer.from(host));
  const ipAddress = numbered(7, 'replaced', Buffer.from(address));
  return sequence(objectIdentifier('2.5.29.17'), octets(sequence(dnsName, ipAddress)));
}
