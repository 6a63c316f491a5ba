/** A server of a test's own: what it serves, and each way in which a test may treat it badly. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { eventually } from '../eventually.ts';
import { startProgram } from '../processes.ts';
import { createCertificates } from './certificates.ts';
import { childrenOf, stillRunning } from './children.ts';
import { findInstallation, serverAccount, USUAL_PLACES } from './installation.ts';
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';

const POSTGRES = JSON.stringify(new URL('./postgres.ts', import.meta.url).href);

test('serves TCP and its Unix socket, several statements at once, and databases by name', async (t) => {
  const postgres = await start(t);
  assert.deepEqual(
    await postgres.query("CREATE TABLE seen (what text); INSERT INTO seen VALUES ('a'); TABLE seen"),
    [{ what: 'a' }],
  );
  await postgres.createDatabase('of "mine"');
  assert.deepEqual(await postgres.query('SELECT current_database() AS name', 'of "mine"'), [
    { name: 'of "mine"' },
  ]);
  const { host, port, user, database } = postgres;
  const client = await connected(t, { host, port, user, database });
  assert.deepEqual((await client.query('TABLE seen')).rows, [{ what: 'a' }]);
  const other = await connected(t, { connectionString: postgres.url('of "mine"') });
  assert.deepEqual((await other.query("SELECT to_regclass('seen') AS seen")).rows, [{ seen: null }]);
  await assert.rejects(postgres.query('SELEC 1'), { code: '42601' });
});

test('keeps cluster and port over stop, crash and restart', async (t) => {
  const postgres = await start(t);
  await postgres.query('CREATE TABLE kept (what text)');
  const ways: readonly { name: string; how: () => Promise<void> }[] = [
    { name: 'fast', how: () => postgres.stop() },
    { name: 'immediate', how: () => postgres.stop('immediate') },
    { name: 'killed', how: () => postgres.kill9() },
    {
      name: 'killed while paused',
      how: () => {
        postgres.pause();
        return postgres.kill9();
      },
    },
  ];
  for (const { name, how } of ways) {
    const pids = [postgres.pid, ...childrenOf(postgres.pid)];
    assert.ok(pids.length > 3, `expected a postmaster and its children, got ${pids}`);
    await postgres.query(`INSERT INTO kept VALUES ('${name}')`);
    await how();
    await eventually('all of its processes ended', () => stillRunning(pids).length === 0);
    await assert.rejects(connected(t, { connectionString: postgres.url() }), { code: 'ECONNREFUSED' });
    await how();
    await postgres.start();
    assert.notEqual(postgres.pid, pids[0]);
  }
  await assert.rejects(postgres.start(), /^Error: PostgreSQL is running: stop\(\) or kill9\(\) it first$/);
  await postgres.restart();
  assert.deepEqual(
    (await postgres.query('TABLE kept')).map((row) => row.what),
    ways.map(({ name }) => name),
  );
  assert.match(postgres.logs(), /database system is ready to accept connections/);
});

test('paused, it leaves connections open and answers nobody until it is resumed', async (t) => {
  const postgres = await start(t);
  const client = await connected(t, { connectionString: postgres.url() });
  postgres.pause();
  postgres.pause();
  let answered = false;
  const answer = client.query('SELECT 1 AS one').finally(() => {
    answered = true;
  });
  // Long enough for a server that runs: another program has started and ended meanwhile.
  await turn();
  spawnSync(process.execPath, ['--version']);
  await turn();
  assert.equal(answered, false);
  postgres.resume();
  postgres.resume();
  assert.deepEqual((await answer).rows, [{ one: 1 }]);
});

test('takes settings at its start, and others while it runs', async (t) => {
  const postgres = await start(t, { settings: { work_mem: '3MB', application_name: "it's" } });
  const show = async (name: string) => (await postgres.query(`SHOW ${name}`))[0]?.[name];
  assert.deepEqual([await show('work_mem'), await show('application_name')], ['3MB', "it's"]);
  assert.equal(await show('fsync'), 'off');
  await postgres.setting('work_mem', '4MB');
  assert.equal(await show('work_mem'), '4MB');
  await postgres.setting('fsync', 'on');
  assert.equal(await show('fsync'), 'on');
  await postgres.restart();
  assert.equal(await show('work_mem'), '4MB');
});

test('says what the server says when it cannot start, and leaves nothing behind', async () => {
  await assert.rejects(
    startPostgres({ settings: { shared_buffers: 'plenty' } }),
    /PostgreSQL does not start:.*invalid value for parameter "shared_buffers": "plenty"/s,
  );
});

test('asks for a password on TCP, and encrypts for those who trust its authority', async (t) => {
  const password = "p@ss/word'";
  const postgres = await start(t, { password, tls: 'required' });
  const { host, port, user, caPem, caFile } = postgres;
  assert.ok(caPem !== undefined && caFile !== undefined && existsSync(caFile));
  const tried = (changes: ClientConfig) =>
    connected(t, { host, port, user, password, ssl: { ca: caPem }, ...changes });

  const client = await tried({});
  const { rows } = await client.query('SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
  assert.deepEqual(rows, [{ ssl: true, version: 'TLSv1.3' }]);
  await connected(t, { connectionString: `${postgres.url()}?sslmode=verify-full&sslrootcert=${caFile}` });
  await assert.rejects(tried({ password: 'another' }), { code: '28P01' });
  await assert.rejects(tried({ ssl: false }), { code: '28000' });
  const stranger = { ca: createCertificates().caPem };
  await assert.rejects(tried({ ssl: stranger }), /certificate/);
});

test('gives each test a database of its own, and takes it back from whoever still uses it', async (t) => {
  const postgres = await start(t);
  const [one, other] = await Promise.all([postgres.freshDatabase(), postgres.freshDatabase()]);
  await postgres.query('CREATE TABLE mine ()', one.name);
  assert.deepEqual(await postgres.query("SELECT to_regclass('mine') AS mine", other.name), [{ mine: null }]);
  const client = await connected(t, { connectionString: one.url });
  const ended = new Promise<Error>((resolve) => client.once('error', resolve));
  await one.drop();
  await one.drop();
  assert.match((await ended).message, /terminating connection/);
  await assert.rejects(postgres.query('SELECT 1', one.name), { code: '3D000' });
});

test('removed, nothing of it is left, twice without harm', async (t) => {
  const postgres = await start(t);
  await postgres.kill9();
  await postgres.remove();
  await postgres.remove();
  assert.equal(existsSync(postgres.socketDir), false);
});

test("runs on the system's PostgreSQL where the package is missing", async (t) => {
  const places = { ...USUAL_PLACES, packageFolder: undefined };
  let installation: ReturnType<typeof findInstallation>;
  try {
    installation = findInstallation(serverAccount(), places);
  } catch {
    t.skip('no PostgreSQL of the system here');
    return;
  }
  const postgres = await start(t, { installation, tls: 'offered' });
  const database = await postgres.freshDatabase();
  await connected(t, { connectionString: database.url, ssl: { ca: postgres.caPem } });
});

const ends: readonly { name: string; before?: string; after?: string; kill: boolean }[] = [
  { name: 'ends', after: 'process.exit(0)', kill: false },
  {
    name: 'ends while the server is paused',
    before: 'postgres.pause()',
    after: 'process.exit(0)',
    kill: false,
  },
  { name: 'is killed while the server is paused', before: 'postgres.pause()', kill: true },
];
for (const { name, before = '', after = '', kill } of ends) {
  test(`ends with the test process, if that ${name}`, async () => {
    const tests = await runNode(`
      const { startPostgres } = await import(${POSTGRES});
      const { childrenOf } = await import(${POSTGRES.replace('postgres.ts', 'children.ts')});
      const postgres = await startPostgres();
      ${before};
      console.log([postgres.pid, ...childrenOf(postgres.pid)].join(' '), postgres.socketDir);
      ${after}`);
    const said = await eventually('its processes', () => /^(.*) (\/.*)\n/.exec(tests.stdout()) ?? undefined);
    const pids = (said[1] ?? '').split(' ').map(Number);
    assert.ok(pids.length > 3);
    if (kill) await tests.kill9();
    await tests.exited;
    if (kill) {
      await eventually('all of its processes ended', () => stillRunning(pids).length === 0);
      // Who is killed cannot clear up.
      rmSync(said[2] ?? '', { recursive: true, force: true });
      return;
    }
    // At once, and not when the server finds that its files are gone.
    assert.deepEqual(stillRunning(pids), []);
    assert.equal(existsSync(said[2] ?? ''), false);
  });
}

async function start(t: TestContext, options?: PostgresOptions): Promise<Postgres> {
  const postgres = await startPostgres(options);
  t.after(() => postgres.remove());
  return postgres;
}

async function connected(t: TestContext, config: ClientConfig): Promise<Client> {
  const client = new Client(config);
  client.on('error', () => undefined);
  t.after(() => client.end());
  await client.connect();
  return client;
}

function runNode(script: string) {
  return startProgram(process.execPath, ['--input-type=module', '-e', script]);
}
