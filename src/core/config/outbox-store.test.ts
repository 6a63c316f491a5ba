import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { faultLine } from '../errors.ts';
import { describeConfig } from './describe.ts';
import { type StoreOptions, toStore } from './outbox-store.ts';
import { TEST_CERTIFICATE, TEST_KEY } from './testing/certificate.ts';
import { faultLinesOf, loadText, temporaryFolder } from './testing/sample.ts';

const SINKS = 'sinks: {ops: {plugin: sample, token: abcd}}';
const URL_OF_DB = 'postgres://me@db.example.com/alerts';
const STORE = {
  engine: 'postgres',
  host: 'db.example.com',
  port: 5432,
  database: 'alerts',
  user: 'me',
  schema: 'notifierd',
  connections: 10,
};
const FILES = {
  'ca.pem': `Subject: a note\n${TEST_CERTIFICATE}${TEST_CERTIFICATE}`,
  'me.pem': TEST_CERTIFICATE,
  'me.key': TEST_KEY,
  'other.key': generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'sec1', format: 'pem' })
    .toString(),
  'locked.key': generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString(),
  'half-broken.pem': `${TEST_CERTIFICATE}${TEST_CERTIFICATE.replace('MIIB', 'MIIX')}`,
};

test("keeps SQLite where it was, and leaves what is PostgreSQL's alone", async () => {
  const options = { directory: '/srv', password: 'hunter2', schema: 'x', connections: 3 };
  assert.deepEqual(await toStore('sqlite:data/x.db', options), {
    store: { engine: 'sqlite', file: '/srv/data/x.db' },
    faults: [],
  });
});

test('takes password, schema and connections along', async () => {
  const options = { directory: '/', password: 'hunter2', schema: '_alerts_2', connections: 3 };
  assert.deepEqual((await toStore(URL_OF_DB, options)).store, {
    ...STORE,
    password: 'hunter2',
    schema: '_alerts_2',
    connections: 3,
    tls: { verify: 'full' },
  });
});

const ENCRYPTION = [
  { name: 'verifies the name without a word', rest: 'db/x', tls: { verify: 'full' } },
  { name: 'verifies the name', rest: 'db/x?sslmode=verify-full', tls: { verify: 'full' } },
  { name: 'verifies the chain', rest: 'db/x?sslmode=verify-ca', tls: { verify: 'ca' } },
  { name: 'verifies nothing', rest: 'db/x?sslmode=require', tls: { verify: 'none' } },
  { name: 'does not encrypt if told so', rest: 'db/x?sslmode=disable', tls: undefined },
  { name: 'does not encrypt to localhost', rest: 'LocalHost/x', tls: undefined },
  { name: 'does not encrypt to a loopback address', rest: '127.8.0.1/x', tls: undefined },
  { name: 'does not encrypt to the loopback of IPv6', rest: '[0:0::1]/x', tls: undefined },
  { name: 'does not encrypt to a Unix socket', rest: '/x?host=/run', tls: undefined },
  { name: 'does not mind disable at a Unix socket', rest: '/x?host=/run&sslmode=disable', tls: undefined },
  { name: 'verifies what only looks like loopback', rest: '127.0.0.1.example/x', tls: { verify: 'full' } },
  { name: 'verifies localhost if told so', rest: 'localhost/x?sslmode=verify-full', tls: { verify: 'full' } },
  {
    name: 'reads the authorities',
    rest: 'db/x?sslrootcert=./tls/ca.pem',
    tls: { verify: 'full', ca: FILES['ca.pem'] },
  },
  {
    name: 'reads certificate and key',
    rest: 'db/x?sslmode=require&sslcert=tls/me.pem&sslkey=tls%2Fme.key',
    tls: { verify: 'none', cert: TEST_CERTIFICATE, key: TEST_KEY },
  },
];

for (const { name, rest, tls } of ENCRYPTION) {
  test(`${name}: ${rest}`, async (context) => {
    const { store, faults } = await toStore(`postgres://me@${rest}`, await surroundings(context));
    assert.deepEqual(faults, []);
    assert.ok(store?.engine === 'postgres');
    assert.deepEqual(store.tls, tls);
    assert.equal('tls' in store, tls !== undefined);
  });
}

const REFUSED = [
  {
    name: 'prefer, which need not encrypt',
    url: `${URL_OF_DB}?sslmode=prefer`,
    says: [
      'outbox.url: sslmode=prefer would fall back to plain text without a word (write verify-full, or disable if plain text is meant)',
    ],
  },
  {
    name: 'allow, which need not encrypt',
    url: `${URL_OF_DB}?sslmode=allow`,
    says: [
      'outbox.url: sslmode=allow would fall back to plain text without a word (write verify-full, or disable if plain text is meant)',
    ],
  },
  {
    name: 'an unknown word',
    url: `${URL_OF_DB}?sslmode=verify_ful`,
    says: [
      'outbox.url: sslmode: expected one of disable, require, verify-ca, verify-full, got "verify_ful" (did you mean verify-full?)',
    ],
  },
  {
    name: 'authorities that would not be asked',
    url: `${URL_OF_DB}?sslmode=require&sslrootcert=tls/ca.pem`,
    says: [
      'outbox.url: sslrootcert has no meaning with sslmode=require, which verifies nothing (write verify-full or verify-ca)',
    ],
  },
  {
    name: 'authorities without encryption',
    url: `${URL_OF_DB}?sslmode=disable&sslrootcert=tls/ca.pem`,
    says: ['outbox.url: sslrootcert has no meaning with sslmode=disable (remove one of the two)'],
  },
  {
    name: 'authorities inside the machine without a word',
    url: 'postgres://me@localhost/x?sslrootcert=tls/ca.pem',
    says: [
      'outbox.url: sslrootcert has no meaning: a connection inside the machine is not encrypted (write sslmode=verify-full to encrypt all the same)',
    ],
  },
  {
    name: 'encryption of a Unix socket',
    url: 'postgres://me@/x?host=/run&sslmode=verify-full',
    says: [
      'outbox.url: PostgreSQL does not encrypt what goes through a Unix socket (remove sslmode and the certificates, or write a host)',
    ],
  },
  {
    name: 'a certificate without its key',
    url: `${URL_OF_DB}?sslcert=tls/me.pem`,
    says: ['outbox.url: sslkey is missing: sslcert is given, and the two belong together'],
  },
  {
    name: 'a key without its certificate',
    url: `${URL_OF_DB}?sslkey=tls/me.key`,
    says: ['outbox.url: sslcert is missing: sslkey is given, and the two belong together'],
  },
  {
    name: "another certificate's key",
    url: `${URL_OF_DB}?sslcert=tls/me.pem&sslkey=tls/other.key`,
    says: ['outbox.url: sslkey is not the key of the certificate in sslcert'],
  },
  {
    name: 'a key with a passphrase',
    url: `${URL_OF_DB}?sslcert=tls/me.pem&sslkey=tls/locked.key`,
    says: [
      'outbox.url: sslkey: HERE/tls/locked.key needs a passphrase, which notifierd cannot ask for: store the key without one',
    ],
  },
  {
    name: 'a certificate in place of the key, and the other way round',
    url: `${URL_OF_DB}?sslcert=tls/me.key&sslkey=tls/me.pem`,
    says: [
      'outbox.url: sslcert: HERE/tls/me.key holds no certificate in PEM format',
      'outbox.url: sslkey: HERE/tls/me.pem holds no private key in PEM format',
    ],
  },
  {
    name: 'authorities of which one is damaged',
    url: `${URL_OF_DB}?sslrootcert=tls/half-broken.pem`,
    says: [
      'outbox.url: sslrootcert: HERE/tls/half-broken.pem holds a certificate that cannot be read: number 2',
    ],
  },
  {
    name: 'files that are not there, with all else',
    url: 'postgres://db/x?sslmode=prefer&sslrootcert=no.pem&sslcert=tls',
    says: [
      'outbox.url: missing: expected the user, as in postgres://USER@HOST:PORT/DATABASE',
      'outbox.url: sslmode=prefer would fall back to plain text without a word (write verify-full, or disable if plain text is meant)',
      'outbox.url: sslkey is missing: sslcert is given, and the two belong together',
      'outbox.url: sslrootcert: cannot read HERE/no.pem: there is no such file',
      'outbox.url: sslcert: cannot read HERE/tls: it is a directory',
    ],
  },
  {
    name: 'a schema that would need quotes, beside a wrong URL',
    url: 'postgres://me@db',
    schema: 'Alerts',
    says: [
      'outbox.url: missing: expected the database, as in postgres://USER@HOST:PORT/DATABASE',
      'outbox.schema: expected at most 63 lower-case letters, digits and _, not beginning with a digit, got "Alerts" (the default is notifierd)',
    ],
  },
  {
    name: "a schema of PostgreSQL's own",
    url: URL_OF_DB,
    schema: 'pg_alerts',
    says: ['outbox.schema: expected another name (PostgreSQL keeps names with pg_ to itself)'],
  },
  {
    name: 'another database, without its address',
    url: 'mysql://me:hun/ter2@db/x',
    says: [
      'outbox.url: expected sqlite: and a file, or a PostgreSQL address, got text (write sqlite:data/notifierd.db, or postgres://USER@HOST:PORT/DATABASE)',
    ],
  },
  {
    name: 'another database behind a blank, without its address',
    url: ' mysql://db/x?password=hunter2',
    says: [
      'outbox.url: expected sqlite: and a file, or a PostgreSQL address, got text (write sqlite:data/notifierd.db, or postgres://USER@HOST:PORT/DATABASE)',
    ],
  },
];

for (const { name, url, schema = 'notifierd', says } of REFUSED) {
  test(`refuses ${name}`, async (context) => {
    const options = await surroundings(context);
    const { store, faults } = await toStore(url, { ...options, schema });
    assert.equal(store, undefined);
    const lines = faults.map((fault) => faultLine(fault).trim().replaceAll(options.directory, 'HERE'));
    assert.deepEqual(lines, says);
  });
}

test('reads every key of a PostgreSQL outbox, the password from its file', async (context) => {
  const url = `${URL_OF_DB}?sslmode=verify-ca`;
  const text = `outbox: {url: "${url}", password_file: ./pw, schema: a_1, connections: 3, lease: 5s}\n${SINKS}`;
  const config = await loadText(context, text, { files: { pw: 'hunter2\n' } });
  assert.deepEqual(config.outbox, {
    store: { ...STORE, password: 'hunter2', schema: 'a_1', connections: 3, tls: { verify: 'ca' } },
    leaseMs: 5_000,
    retentionMs: 7 * 86_400_000,
    deadLetterRetentionMs: 90 * 86_400_000,
  });
  assert.deepEqual(config.secrets, ['hunter2', 'abcd']);
  const described = describeConfig(config);
  assert.ok(described.includes(`url: ${url}\n`), described);
  assert.match(described, /password: <secret>\n/);
  assert.doesNotMatch(described, /hunter2/);
});

test('takes the password from the environment', async (context) => {
  const env = { NOTIFIERD_OUTBOX_URL: URL_OF_DB, NOTIFIERD_OUTBOX_PASSWORD: 'hunter2' };
  const { store } = (await loadText(context, SINKS, { env })).outbox;
  assert.ok(store.engine === 'postgres');
  assert.equal(store.password, 'hunter2');
});

test('counts the content of certificate files into the hash, and the key among the secrets', async (context) => {
  const text = `outbox: {url: "${URL_OF_DB}?sslrootcert=ca&sslcert=cert&sslkey=key"}\n${SINKS}`;
  const files = { ca: TEST_CERTIFICATE, cert: TEST_CERTIFICATE, key: TEST_KEY };
  const config = await loadText(context, text, { files });
  assert.deepEqual(config.secrets, [TEST_KEY, 'abcd']);
  const other = await loadText(context, text, { files: { ...files, ca: FILES['ca.pem'] } });
  assert.notEqual(other.hash, config.hash);
  assert.ok(!describeConfig(config).includes('BEGIN'));
});

const WITH_SQLITE =
  'outbox.password: given, but an outbox in SQLite has none (remove it, or write a PostgreSQL address into outbox.url)';
const REFUSED_KEYS = [
  { name: 'a password beside SQLite', outbox: '{password: hunter2}', says: [WITH_SQLITE] },
  {
    name: 'a URL that is no text, without judging the password beside it',
    outbox: '{url: 3, password: hunter2}',
    says: ['outbox.url: expected text, got 3 (put it in quotes)'],
  },
  {
    name: 'a password in URL and key, showing neither',
    outbox: '{url: "postgres://me:hunter2@db/x", password: hunter2}',
    says: [
      'outbox.url: expected no password in the URL (write it into a file and name that in outbox.password_file; an @ inside a name is written %40)',
    ],
  },
  {
    name: 'too few connections and too short a lease',
    outbox: '{connections: 2, lease: 1s}',
    says: [
      'outbox.connections: expected a whole number, from 3 to 100, got 2',
      'outbox.lease: expected a duration such as 30s, 5m or 1h30m, from 5s to 5m, got "1s"',
    ],
  },
];

for (const { name, outbox, says } of REFUSED_KEYS) {
  test(`refuses ${name}`, async (context) => {
    assert.deepEqual(await faultLinesOf(context, `outbox: ${outbox}\n${SINKS}`), says);
  });
}

async function surroundings(context: TestContext): Promise<StoreOptions> {
  const directory = await temporaryFolder(context);
  await mkdir(path.join(directory, 'tls'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(path.join(directory, 'tls', name), text);
  return { directory, password: null, schema: 'notifierd', connections: 10 };
}
