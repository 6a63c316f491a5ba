/**
 * Two versions on one PostgreSQL: replicas are replaced one by one under load, by a version that expands the tables, and what works on them
 * meanwhile goes on; a version that takes something away from the one before keeps it from starting.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { postAlert, shownOnce } from '../support/replicas/alerts.ts';
import { sharesBecome } from '../support/replicas/holders.ts';
import { judge, judgeBooks } from '../support/replicas/judgement.ts';
import { steadyLoad } from '../support/replicas/load.ts';
import { makeNextVersion, type NextMigration } from '../support/replicas/next-version.ts';
import { postLoad } from '../support/replicas/post.ts';
import { LEASE_MS, type Stage, startStage } from '../support/replicas/stage.ts';
import { renderReport } from '../support/storm/words.ts';

const SECOND = 1_000;

/** In the order that stands most in the way of those at work: an append locks its lane last. */
const EXPAND: NextMigration = {
  name: '0002-expand-notes',
  up: `
  for (const table of ['lane', 'run', 'message', 'attempt', 'notification'])
    await db.schema.alterTable(table).addColumn('note', 'text').execute();
  await db.schema.createIndex('message_note').on('message').column('note').execute();
  await db.schema.createTable('note').addColumn('id', 'text', (column) => column.primaryKey()).execute();
  await sql\`insert into note (id) values ('made once')\`.execute(db);`,
};
const CONTRACT: NextMigration = {
  name: '0003-contract-notes',
  up: "await db.schema.alterTable('attempt').dropColumn('note').execute();",
};

async function migrationsOf({ query }: Stage): Promise<readonly unknown[]> {
  return (await query('SELECT name FROM kysely_migration ORDER BY name')).map(({ name }) => name);
}

/** All replicas find the database at the same moment: until then they wait for its answer. */
async function startTogether({ replicas }: Stage, node?: string): Promise<void> {
  for (const { network } of replicas) await network.cut();
  const starts = Promise.all(replicas.map((replica) => replica.start(node)));
  await eventually('all have connected', () => replicas.every(({ network }) => network.connections() > 0));
  await Promise.all(replicas.map(({ network }) => network.heal({ keepHeld: true })));
  // Between a look and what follows from it lies the time for others to look as well.
  for (const { network } of replicas) network.slow(10);
  await starts;
  for (const { network } of replicas) network.slow(0);
  for (const { logs } of replicas) assert.doesNotMatch(logs(), /"level":"error"|PostgreSQL cannot be used/);
}

test('three replicas start together on an empty database, and again on its tables', async (t) => {
  const stage = await startStage({ robots: 3, started: [] });
  t.after(() => stage.close());
  const names: string[] = [];
  for (const round of ['empty', 'full']) {
    await startTogether(stage);
    assert.deepEqual(await migrationsOf(stage), ['0001-first']);
    await sharesBecome(stage.replicas, [1, 1, 1]);
    for (const [index, replica] of stage.replicas.entries()) {
      names.push(`${round}${index}`);
      await postAlert(replica, `${round}${index}`, `r${index}`);
    }
    await shownOnce(stage, names, 10 * SECOND);
    for (const replica of stage.replicas) assert.deepEqual(await replica.stop(), { code: 0, signal: null });
  }
});

test('replicas are replaced one by one under load, and an old one is restarted in between: none lost, none twice', async (t) => {
  const next = makeNextVersion([EXPAND]);
  const stage = await startStage({ robots: 6 });
  const ending = new AbortController();
  t.after(async () => {
    ending.abort();
    await stage.close();
    next.remove();
  });
  const { replicas, robots } = stage;
  const [first, second, third] = replicas;
  assert.ok(first && second && third);
  await sharesBecome(replicas, [2, 2, 2]);
  const load = steadyLoad({ robots, everyMs: 250, lastsMs: 25 * SECOND, endAfterMs: 5 * SECOND });
  const posting = postLoad(replicas, load, ending.signal);

  await sleep(3 * SECOND);
  await first.stop();
  await first.start(next.node);
  assert.deepEqual(await migrationsOf(stage), ['0001-first', EXPAND.name]);
  await sharesBecome(replicas, [2, 2, 2]);
  await second.stop();
  await second.start(next.node);
  await third.kill9();
  await third.start();
  await sharesBecome(replicas, [2, 2, 2], 2 * LEASE_MS);
  await third.stop();
  await third.start(next.node);
  await sharesBecome(replicas, [2, 2, 2]);

  const posted = await posting;
  await stage.drained(120 * SECOND);
  for (const line of renderReport(await judge(stage, posted))) t.diagnostic(line);
});

test('three of the next version start together on old tables, and the one after that keeps older ones out', async (t) => {
  const next = makeNextVersion([EXPAND]);
  const afterNext = makeNextVersion([EXPAND, CONTRACT]);
  const stage = await startStage({ robots: 3, started: [0] });
  t.after(async () => {
    await stage.close();
    next.remove();
    afterNext.remove();
  });
  const { replicas } = stage;
  const [first, second, third] = replicas;
  assert.ok(first && second && third);
  await postAlert(first, 'old', 'r0');
  await first.stop();
  assert.deepEqual(await migrationsOf(stage), ['0001-first']);

  await startTogether(stage, next.node);
  assert.deepEqual(await migrationsOf(stage), ['0001-first', EXPAND.name]);
  assert.deepEqual(await stage.query('SELECT id FROM note'), [{ id: 'made once' }]);
  await sharesBecome(replicas, [1, 1, 1]);
  for (const [index, replica] of replicas.entries()) await postAlert(replica, `next${index}`, 'r0');
  await shownOnce(stage, ['old', 'next0', 'next1', 'next2'], 10 * SECOND);
  await stage.drained(10 * SECOND);
  await judgeBooks(stage);

  await Promise.all(replicas.map((replica) => replica.stop()));
  await first.start(afterNext.node);
  assert.deepEqual(await migrationsOf(stage), ['0001-first', EXPAND.name, CONTRACT.name]);
  await assert.rejects(second.start(), /exit 1[\s\S]*written by a newer version/);
  await assert.rejects(third.start(next.node), /exit 1[\s\S]*written by a newer version/);
});
