/**
 * `notifierd migrate-outbox` as a person runs it: between a daemon on SQLite and one on a real PostgreSQL, that asks for a password, with
 * the simulator behind both; and killed at random moments.
 */
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteOutbox } from '../../src/core/outbox/sqlite/engine.ts';
import { type Finished, MAIN, runCli } from '../support/cli.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { startDingTalkSim } from '../support/dingtalk-sim/server.ts';
import { eventually } from '../support/eventually.ts';
import { leaksIn } from '../support/leaks.ts';
import { type Postgres, startPostgres } from '../support/postgres/postgres.ts';
import { startProgram } from '../support/processes.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { postWebhook, webhookBody } from '../support/webhook.ts';

const PASSWORD = 'a-password-that-nobody-should-see';
const TOKEN = 'a-token-of-a-robot';
const KILLS = 6;
const NOTIFICATIONS = 6_000;

describe('migrate-outbox on the command line', () => {
  const dir = createTempDir();
  let postgres: Postgres;
  before(async () => {
    postgres = await startPostgres({ password: PASSWORD });
    writeFileSync(join(dir.path, 'password'), `${PASSWORD}\n`);
  });
  after(async () => {
    await postgres?.remove();
    dir.remove();
  });

  const addressOf = (database: string): string =>
    `postgres://${postgres.user}@${postgres.host}:${postgres.port}/${database}`;
  const argumentsFor = (file: string, database: string, schema = 'notifierd'): readonly string[] => [
    'migrate-outbox',
    ...['--from', `sqlite:${file}`, '--to', addressOf(database)],
    ...['--to-schema', schema, '--to-password-file', join(dir.path, 'password')],
  ];
  const run = async (file: string, database: string, schema?: string): Promise<Finished> => {
    const finished = await runCli(argumentsFor(file, database, schema), { withinMs: 120_000 });
    assert.deepEqual(leaksIn(finished.stdout + finished.stderr, { PASSWORD }), []);
    return finished;
  };

  test('a daemon that was killed goes on over there: the same message under the same id, then what waited; no copy is told again', async (t) => {
    const sim = await startDingTalkSim({ robots: [{ name: 'ops', token: TOKEN }] });
    t.after(() => sim.close());
    const { name: database } = await postgres.freshDatabase();
    const home = join(dir.path, 'home');
    const sinks = { ops: { plugin: 'dingtalk', endpoint: sim.url, access_token: TOKEN } };
    const start = async (outbox: object): Promise<Daemon> => {
      const daemon = await startDaemon({ dir: dir.path, config: { outbox, sinks } });
      t.after(() => daemon.kill9());
      return daemon;
    };
    const old = await start({ url: `sqlite:${home}.db` });
    const bodies = ['Sent', 'First', 'Second'].map((name) => webhookBody(name, [{ name }]));
    sim.orderFaults([{ kind: 'hang_after' }]);
    assert.equal(await postWebhook(`${old.url}/`, bodies[0] ?? ''), 200);
    await eventually('the first is shown, and not answered', () => sim.messages('ops').length === 1);
    for (const body of bodies.slice(1)) assert.equal(await postWebhook(`${old.url}/`, body), 200);

    await old.kill9();
    const { code, stdout, stderr } = await run(`${home}.db`, database);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^moving .*\n {2}3 events wait: 3 for ops\n {2}3 notifications\n {2}1 message\n/);
    assert.match(stdout, /\nmoved, and compared:\n {2}3 events wait: 3 for ops\n/);

    const url = { url: addressOf(database), password: PASSWORD };
    const replica = await start(url);
    for (const body of bodies) assert.equal(await postWebhook(`${replica.url}/`, body), 200);
    await eventually('all are shown', () => sim.messages('ops').length === 3);
    const titles = sim.messages('ops').map(({ title }) => title);
    assert.deepEqual(titles, ['Sent', 'First', 'Second']);
    const ids = sim.requests().map(({ msgUuid }) => msgUuid);
    assert.deepEqual([ids.length, new Set(ids).size, ids[1]], [4, 3, ids[0]]);
    assert.deepEqual(sim.violations(), []);
    await replica.stop();

    const late = await runCli(['serve', '--config', 'old.yaml'], { cwd: configFor(`${home}.db`) });
    assert.equal(late.code, 1);
    assert.match(late.stderr, /home\.db was moved to postgres:.*\n {2}name that place in outbox\.url/);
  });

  /** A directory with a configuration for this file. */
  function configFor(file: string): string {
    const config = { outbox: { url: `sqlite:${file}` }, sinks: { log: { plugin: 'console' } } };
    writeFileSync(join(dir.path, 'old.yaml'), JSON.stringify(config));
    return dir.path;
  }

  test('moves nothing while a daemon is at work on the file', async () => {
    const file = join(dir.path, 'busy.db');
    const daemon = await openSqliteOutbox({ file });
    const { name: database } = await postgres.freshDatabase();
    const { code, stdout, stderr } = await run(file, database);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^notifierd: .*busy\.db is in use by another notifierd\n {2}stop it first/);
    await daemon.close();
  });

  test('says how to mend a wrong password, in its own words and without the password', async () => {
    const file = join(dir.path, 'few.db');
    await (await openSqliteOutbox({ file })).close();
    const args = ['migrate-outbox', '--from', `sqlite:${file}`, '--to', addressOf('postgres')];
    const wrong = await runCli(args, { env: { NOTIFIERD_OUTBOX_PASSWORD: 'a-wrong-password' } });
    assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
    assert.match(
      wrong.stderr,
      /^notifierd: cannot use .*\n {2}check the user in --to, NOTIFIERD_OUTBOX_PASSWORD or --to-password-file/,
    );
    assert.doesNotMatch(wrong.stderr, /a-wrong-password/);
  });

  test('lists what is wrong with its words, with exit code 2', async () => {
    const bare = await runCli(['migrate-outbox']);
    assert.deepEqual([bare.code, bare.stdout], [2, '']);
    assert.match(bare.stderr, /expected --from URL and --to URL/);
    const turned = await runCli(['migrate-outbox', '--from', addressOf('x'), '--to', 'sqlite:x.db']);
    assert.equal(turned.code, 2);
    assert.match(turned.stderr, /2 faults\n {2}--from: .*\n {2}--to: .*\nSee notifierd --help/);
  });

  test('SIGINT ends it with nothing moved', async () => {
    const file = join(dir.path, 'stopped.db');
    await createHistory(file);
    const { name: database } = await postgres.freshDatabase();
    const program = await startProgram(process.execPath, [MAIN, ...argumentsFor(file, database)]);
    await eventually('it has begun', () => program.stdout().includes('rows in all'), { everyMs: 5 });
    assert.deepEqual(await program.stop('SIGINT'), { code: 1, signal: null });
    assert.match(program.stderr(), /^notifierd: stopped before its end: nothing was moved\n/);
    assert.equal(await arrived(database, 'notifierd'), 0);
    await (await openSqliteOutbox({ file })).close();
  });

  test(`${KILLS} kills at random moments: each time nothing has arrived or everything, and the next run brings it to its end`, {
    timeout: 300_000,
  }, async (t) => {
    const history = join(dir.path, 'history.db');
    await createHistory(history);
    const rows = rowsIn(history);
    const { name: database } = await postgres.freshDatabase();
    const began = performance.now();
    copyFileSync(history, `${history}.0`);
    assert.equal((await run(`${history}.0`, database, 'whole')).code, 0);
    const wholeMs = performance.now() - began;
    const found: string[] = [];
    for (let kill = 1; kill <= KILLS; kill++) {
      const [file, schema] = [`${history}.${kill}`, `kill_${kill}`];
      copyFileSync(history, file);
      const program = await startProgram(process.execPath, [MAIN, ...argumentsFor(file, database, schema)]);
      // Anywhere between "just started" and "just ended".
      await sleep((0.3 + Math.random() * 0.7) * wholeMs);
      await program.kill9();
      const count = await arrived(database, schema);
      assert.ok(count === 0 || count === NOTIFICATIONS, `${count} notifications have arrived`);
      assert.deepEqual(rowsIn(file), rows);
      assert.equal((await run(file, database, schema)).code, 0);
      assert.equal(await arrived(database, schema), NOTIFICATIONS);
      await assert.rejects(openSqliteOutbox({ file }), { code: 'outbox_moved' });
      found.push(count === 0 ? 'nothing' : 'everything');
    }
    t.diagnostic(`arrived before the kill: ${found.join(', ')}`);
  });

  /** Notifications in that schema; 0 if it has no tables yet. Waits for a transaction that is about to be undone. */
  async function arrived(database: string, schema: string): Promise<number> {
    const [table] = await postgres.query(
      `select to_regclass('${schema}.notification')::text as name`,
      database,
    );
    if (table?.name === null) return 0;
    const [row] = await postgres.query(`select count(*)::int as count from ${schema}.notification`, database);
    return Number(row?.count);
  }
});

/** Enough to be moved in a second or two. */
async function createHistory(file: string): Promise<void> {
  const outbox = await openSqliteOutbox({ file });
  await outbox.registerLanes([{ name: 'ops', plugin: 'p', paceKeys: ['k'], configHash: 'c' }]);
  await outbox.close();
  const database = new DatabaseSync(file);
  const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${NOTIFICATIONS})`;
  database.exec(`
    ${numbers} insert into notification select i, 'n' || i, null, '{}', i, 0, i from n;
    ${numbers} insert into piece select i, i, 0, '[{"name":"a"}]', '0123456789abcdef' from n;
    ${numbers} insert into attempt select i, i, 1, 'k', 'u' || i, i, i, null, i, 'delivered', 'ok', '' from n`);
  database.close();
}

/** How many, and what they come to. */
function rowsIn(file: string): readonly unknown[] {
  const database = new DatabaseSync(file);
  const sums = ['notification', 'piece', 'attempt', 'lane'].map(
    (table) => database.prepare(`select count(*) as count, sum(id) as sum from ${table}`).get()?.sum,
  );
  database.close();
  return sums;
}
