import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { faultLine } from '../errors.ts';
import { parsePostgresUrl } from './postgres-url.ts';

const DB = { host: 'db', port: 5432, database: 'alerts', user: 'me' };

const READ = [
  { name: 'the smallest', url: 'postgres://me@db/alerts', address: DB },
  { name: 'the long scheme, in any case', url: 'PostgreSQL://me@db/alerts', address: DB },
  { name: 'a port', url: 'postgres://me@db:6432/alerts', address: { ...DB, port: 6432 } },
  {
    name: 'an IPv6 address in brackets',
    url: 'postgres://me@[2001:db8::1]:6432/alerts',
    address: { ...DB, host: '2001:db8::1', port: 6432 },
  },
  {
    name: 'percent codes',
    url: 'postgres://m%40e@db/al%2Ferts%20%23%E8%AD%A6',
    address: { ...DB, user: 'm@e', database: 'al/erts #警' },
  },
  {
    name: 'a Unix socket',
    url: 'postgres://me@/alerts?host=/var/run/postgresql',
    address: { ...DB, host: '/var/run/postgresql' },
  },
  {
    name: 'a Unix socket with the port in its name',
    url: 'postgres://me@:6432/alerts?host=%2Frun',
    address: { ...DB, host: '/run', port: 6432 },
  },
  {
    name: 'a Unix socket in place of the host',
    url: 'postgres://me@%2Frun%2Fpg/alerts',
    address: { ...DB, host: '/run/pg' },
  },
  {
    name: 'the host as a parameter',
    url: 'postgres://me@/alerts?host=db_1.example.com',
    address: { ...DB, host: 'db_1.example.com' },
  },
];

for (const { name, url, address } of READ) {
  test(`reads ${name}`, () => {
    assert.deepEqual(parsePostgresUrl(url), { address, parameters: new Map(), faults: [] });
  });
}

test('reads parameters, names decoded too, where a plus is a plus and an @ may stand', () => {
  const { parameters, faults } = parsePostgresUrl(
    'postgres://me@db/alerts?ssl%6Dode=verify-ca&sslrootcert=./a+b%20c.pem&host=db&sslcert=/x@y=z',
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(
    [...parameters],
    [
      ['sslmode', 'verify-ca'],
      ['sslrootcert', './a+b c.pem'],
      ['sslcert', '/x@y=z'],
    ],
  );
});

const PASSWORD =
  'outbox.url: expected no password in the URL (write it into a file and name that in outbox.password_file; an @ inside a name is written %40)';
const SHAPE =
  'outbox.url: expected postgres://USER@HOST:PORT/DATABASE (characters such as / # ? @ are written %2F %23 %3F %40 inside a name)';
const HOST =
  'outbox.url: expected HOST or HOST:PORT, with a port from 1 to 65535 (an IPv6 address stands in brackets: [::1]:5432)';
const CODES =
  'expected text with codes such as %40, got a % without two digits, or a code that is no text (a % itself is written %25)';
const SEVERAL =
  "outbox.url: expected one host, got several (write the server's virtual address or service name, which follows the primary)";
const NO_USER = 'outbox.url: missing: expected the user, as in postgres://USER@HOST:PORT/DATABASE';
const NO_HOST =
  'outbox.url: missing: expected the host, as in postgres://USER@HOST:PORT/DATABASE (for a Unix socket write its directory as a parameter: ?host=/var/run/postgresql)';
const NO_DATABASE = 'outbox.url: missing: expected the database, as in postgres://USER@HOST:PORT/DATABASE';

const REFUSED = [
  { name: 'a password', url: 'postgres://me:hunter2@db/alerts', says: [PASSWORD] },
  { name: 'an empty password', url: 'postgres://me:@db/alerts', says: [PASSWORD] },
  { name: 'a password behind a coded colon', url: 'postgres://me%3Ahunter2@db/alerts', says: [PASSWORD] },
  { name: 'a password with a slash', url: 'postgres://me:hun/ter2@db/alerts', says: [PASSWORD] },
  {
    name: 'a password as a parameter',
    url: 'postgres://me@db/alerts?password=hunter2&2&sslmode=x',
    says: [PASSWORD],
  },
  {
    name: "a key's password as a parameter",
    url: 'postgres://me@db/alerts?ssl%70assword=x',
    says: [PASSWORD],
  },
  { name: 'a URL without slashes', url: 'postgres:me@db', says: [SHAPE] },
  { name: 'a database with a slash', url: 'postgres://me@db/alerts/x', says: [SHAPE] },
  { name: 'a fragment', url: 'postgres://me@db/alerts#x', says: [SHAPE] },
  { name: 'a second @', url: 'postgres://m@e@db/alerts', says: [SHAPE] },
  {
    name: 'a URL with nothing in it, saying all that is missing',
    url: 'postgres://',
    says: [NO_USER, NO_HOST, NO_DATABASE],
  },
  { name: 'an empty user', url: 'postgres://@db/alerts', says: [NO_USER] },
  { name: 'an empty database', url: 'postgres://me@db/', says: [NO_DATABASE] },
  { name: 'a port that is no number', url: 'postgres://me@db:x/alerts', says: [HOST] },
  { name: 'the port 0', url: 'postgres://me@db:0/alerts', says: [HOST] },
  { name: 'a port beyond the last', url: 'postgres://me@db:65536/alerts', says: [HOST] },
  { name: 'an IPv6 address without brackets', url: 'postgres://me@::1/alerts', says: [HOST] },
  { name: 'a name in brackets', url: 'postgres://me@[db]/alerts', says: [HOST] },
  { name: 'a host with a blank', url: 'postgres://me@d%20b/alerts', says: [HOST] },
  { name: 'a port without a host', url: 'postgres://me@:5432/alerts', says: [HOST] },
  { name: 'several hosts', url: 'postgres://me@db1:5432,db2:5432/alerts', says: [SEVERAL] },
  { name: 'several hosts as a parameter', url: 'postgres://me@/alerts?host=db1,db2', says: [SEVERAL] },
  {
    name: 'two hosts',
    url: 'postgres://me@db/alerts?host=/run',
    says: ['outbox.url: two hosts are given (write one, before the / or as the parameter host)'],
  },
  {
    name: 'a broken percent code in the user',
    url: 'postgres://m%e@db/alerts',
    says: [`outbox.url: the user: ${CODES}`],
  },
  {
    name: 'a code of no text in the database',
    url: 'postgres://me@db/alerts%00',
    says: [`outbox.url: the database: ${CODES}`],
  },
  {
    name: 'a broken percent code in a parameter',
    url: 'postgres://me@db/alerts?sslmode=%',
    says: [`outbox.url: sslmode: ${CODES}`],
  },
  {
    name: 'an unknown parameter',
    url: 'postgres://me@db/alerts?ssl=true',
    says: ['outbox.url: unknown parameter ssl (known: host, sslmode, sslrootcert, sslcert, sslkey)'],
  },
  {
    name: 'an unknown parameter that is no word, without showing it',
    url: 'postgres://me@db/alerts?a%20b=c',
    says: ['outbox.url: unknown parameter (known: host, sslmode, sslrootcert, sslcert, sslkey)'],
  },
  {
    name: 'a parameter without a value, without showing it',
    url: 'postgres://me@db/alerts?hunter2',
    says: ['outbox.url: expected parameters such as sslmode=verify-full after ?'],
  },
  {
    name: 'an empty parameter',
    url: 'postgres://me@db/alerts?sslmode=',
    says: ['outbox.url: sslmode is empty (write a value, or remove the parameter)'],
  },
  {
    name: 'a parameter given twice',
    url: 'postgres://me@db/alerts?sslmode=disable&sslmode=verify-full',
    says: ['outbox.url: sslmode is given twice (remove one of the two)'],
  },
  {
    name: 'several faults at once',
    url: 'postgres://db:x/?ssl=1&sslmode=',
    says: [
      'outbox.url: unknown parameter ssl (known: host, sslmode, sslrootcert, sslcert, sslkey)',
      'outbox.url: sslmode is empty (write a value, or remove the parameter)',
      NO_USER,
      HOST,
      NO_DATABASE,
    ],
  },
];

for (const { name, url, says } of REFUSED) {
  test(`refuses ${name}`, () => {
    assert.deepEqual(linesOf(url), says);
  });
}

const password = fc.string({ minLength: 1, unit: fc.constantFrom(...':/?#@&=%[] ,+aZ0é') });
const SAFE = 'Hun7er';
/** Where a password can stand in a URL, behind a mark by which it would be found. */
const PLACES: readonly ((secret: string) => string)[] = [
  (secret) => `postgres://me:${secret}@db:5432/alerts?sslmode=require`,
  (secret) => `postgres://me:${encodeURIComponent(secret)}@db/alerts`,
  (secret) => `postgres:me:${secret}@db/alerts`,
  (secret) => `postgresql://:${secret}@/`,
  (secret) => `postgres://me@db/alerts?password=${secret}`,
  (secret) => `postgres://me@db/alerts?sslmode=x&PGPASSWORD=${secret}&ssl=1`,
];

test('never quotes a password, wherever it stands and whatever is in it', () => {
  fc.assert(
    fc.property(password, password, fc.constantFrom(...PLACES), (before, after, place) => {
      const lines = linesOf(place(`${before}${SAFE}${after}`));
      assert.deepEqual(lines, [PASSWORD]);
    }),
  );
});

test('never throws, and never lets a URL with a fault look whole', () => {
  const part = fc.string({ unit: fc.constantFrom(...':/?#@&=%[],+a0é', 'host=', 'sslmode=', '::1') });
  fc.assert(
    fc.property(part, (rest) => {
      const { address, faults } = parsePostgresUrl(`postgres://${rest}`);
      if (faults.length > 0) return;
      for (const text of [address.host, address.user, address.database]) assert.notEqual(text, '');
      assert.ok(address.port >= 1 && address.port <= 65_535);
      assert.ok(
        !rest
          .split('?')[0]
          ?.replace(/\[.*\]/, '')
          .includes('::'),
      );
    }),
  );
});

function linesOf(url: string): readonly string[] {
  return parsePostgresUrl(url).faults.map((fault) => faultLine(fault).trim());
}
