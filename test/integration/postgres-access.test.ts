/**
 * Who may use which PostgreSQL: certificates, rights and encodings, as they meet a start and a command beside the replicas. What is wrong
 * ends either at once, with one message that says how to mend it and no password in it; the plain cases are in postgres-start.test.ts.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Finished, runCli } from '../support/cli.ts';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { leaksIn } from '../support/leaks.ts';
import { createCertificates } from '../support/postgres/certificates.ts';
import { type Postgres, startPostgres } from '../support/postgres/postgres.ts';
import { type SharedPostgres, sharedPostgres } from '../support/postgres/shared-postgres.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postWebhook, webhookBody } from '../support/webhook.ts';

const LIMITS = { timeout: 60_000 };
const PASSWORD = 'only-the-outbox-knows-7f3a';
const AT_ONCE_MS = 5_000;

/** The outbox's section of a configuration. */
type OutboxKeys = Readonly<Record<string, string>>;

const dir = createTempDir();
after(() => dir.remove());
let files = 0;

function configOf(outbox: OutboxKeys): Readonly<Record<string, unknown>> {
  return { outbox, http: { port: 0, host: '127.0.0.1' }, sinks: { console: { plugin: 'console' } } };
}

function writeConfig(outbox: OutboxKeys): string {
  const file = join(dir.path, `${++files}.yaml`);
  writeFileSync(file, JSON.stringify(configOf(outbox)));
  return file;
}

describe('ends at once, with a message that says how to mend it:', () => {
  let secure: Postgres;
  let plain: SharedPostgres;
  let otherAuthority: string;
  before(async () => {
    secure = await startPostgres({ password: PASSWORD, tls: 'required' });
    plain = await sharedPostgres();
    await plain.query('create role guest login');
    await plain.query('create database guests');
    await plain.query("create database western encoding latin1 locale 'C' template template0");
    otherAuthority = join(dir.path, 'other.pem');
    writeFileSync(otherAuthority, createCertificates().caPem);
  });
  after(async () => await secure.remove());

  const onSecure = (host: string, parameters: string): string =>
    `postgres://postgres@${host}:${secure.port}/postgres?${parameters}`;
  const trusting = (): string => `sslmode=verify-full&sslrootcert=${secure.caFile}`;
  const onPlain = (rest: string): string => `postgres://${rest.replace('@', `@127.0.0.1:${plain.port}`)}`;

  const rows: readonly { readonly name: string; outbox(): OutboxKeys; readonly says: RegExp }[] = [
    {
      name: 'plain text where the server wants TLS',
      outbox: () => ({ url: onSecure('127.0.0.1', 'sslmode=disable'), password: PASSWORD }),
      says: /no encryption\n.*remove sslmode=disable/,
    },
    {
      name: 'a certificate of another authority',
      outbox: () => ({
        url: onSecure('127.0.0.1', `sslmode=verify-ca&sslrootcert=${otherAuthority}`),
        password: PASSWORD,
      }),
      says: /certificate.*\n.*sslrootcert/,
    },
    {
      name: 'a certificate for another host',
      // The same machine by a name that the certificate does not bear.
      outbox: () => ({ url: onSecure('127.1', trusting()), password: PASSWORD }),
      says: /altnames.*\n.*must be the host of outbox\.url/,
    },
    {
      name: 'a schema that belongs to somebody else',
      outbox: () => ({ url: onPlain('guest@/guests'), schema: 'public' }),
      says: /permission denied.*\n.*needs CREATE/,
    },
    {
      name: 'an encoding that has no room for all languages',
      outbox: () => ({ url: onPlain('postgres@/western') }),
      says: /encoding is LATIN1, expected UTF8\n.*UTF8/,
    },
  ];
  for (const { name, outbox, says } of rows) {
    test(name, LIMITS, async () => {
      const began = performance.now();
      const finished = await runCli(['serve', '--config', writeConfig(outbox())]);
      assert.ok(performance.now() - began < AT_ONCE_MS);
      assertComplaint(finished, says);
    });
  }

  test('and a command beside the replicas says the same', LIMITS, async () => {
    const file = writeConfig({ url: onPlain('postgres@/nowhere') });
    assertComplaint(await runCli(['events', '--config', file]), /does not exist\n.*create the database/);
  });

  test('while all that is right starts, encrypted', LIMITS, async (t) => {
    const outbox = { url: onSecure('localhost', trusting()), password: PASSWORD };
    const daemon = await startDaemon({ config: configOf(outbox) });
    t.after(() => daemon.kill9());
    assert.equal(await postWebhook(daemon.url, webhookBody('g', [{ name: 'encrypted' }])), 200);
    await eventually('it is shown', () => daemon.stdout().includes('encrypted'));
    const open = await secure.query(
      "select ssl, count(*)::int as connections from pg_stat_ssl join pg_stat_activity using (pid) where application_name like 'notifierd %' group by ssl",
    );
    assert.deepEqual(
      open.map(({ ssl }) => ssl),
      [true],
    );
    assert.deepEqual(leaksIn(daemon.logs(), { password: PASSWORD }), []);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
  });
});

function assertComplaint({ code, stdout, stderr }: Finished, says: RegExp): void {
  assert.equal(code, 1, stderr);
  assert.match(stderr, says);
  assert.equal(stderr.match(/^notifierd: /gm)?.length, 1, stderr);
  assert.deepEqual(leaksIn(stdout + stderr, { password: PASSWORD }), []);
}

test('a schema that an administrator has made is enough: no other right is needed', LIMITS, async (t) => {
  const server = await sharedPostgres();
  const { name, drop } = await server.freshDatabase();
  t.after(drop);
  await server.query(
    `create role team login; create schema alerts authorization team; revoke all on schema public from public`,
    name,
  );
  const outbox = { url: `postgres://team@127.0.0.1:${server.port}/${name}`, schema: 'alerts' };
  const daemon = await startDaemon({ config: configOf(outbox) });
  t.after(() => daemon.kill9());
  assert.equal(await postWebhook(daemon.url, webhookBody('g', [{ name: 'allowed' }])), 200);
  await eventually('it is shown', () => daemon.stdout().includes('allowed'));
});
