import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Kysely } from 'kysely';
import type { OutboxTables } from '../schema.ts';
import { createSqliteDialect } from '../sqlite/dialect.ts';
import { runKept, valuesOf } from './kept-statements.ts';

const HEARTBEATS = [
  { id: 'a', heard_at: 1 },
  { id: 'b', heard_at: 2 },
];

/** A table, and an insert that counts how often it was built. */
function createScene() {
  const database = new DatabaseSync(':memory:');
  database.exec('create table heartbeat (id text, heard_at integer)');
  const db = new Kysely<OutboxTables>({ dialect: createSqliteDialect(database) });
  let built = 0;
  const insert = async (rows: readonly object[], parameters: readonly unknown[] = valuesOf(rows)) =>
    await runKept(db, `heartbeats ${rows.length}`, {
      build: () => {
        built += 1;
        return db
          .insertInto('heartbeat')
          .values(rows as never)
          .compile();
      },
      parameters,
    });
  return { insert, built: () => built, all: () => db.selectFrom('heartbeat').selectAll().execute() };
}

test('is built once for a shape, and runs with each row', async () => {
  const { insert, built, all } = createScene();
  await insert(HEARTBEATS);
  await insert([...HEARTBEATS].reverse());
  assert.equal(built(), 1);
  await insert([{ id: 'c', heard_at: 3 }]);
  assert.equal(built(), 2);
  assert.deepEqual(
    (await all()).map(({ id, heard_at }) => `${id}${heard_at}`),
    ['a1', 'b2', 'b2', 'a1', 'c3'],
  );
});

test('keeps the statements of one database from those of another', async () => {
  const [one, other] = [createScene(), createScene()];
  await one.insert(HEARTBEATS);
  await other.insert(HEARTBEATS);
  assert.deepEqual([one.built(), other.built(), (await other.all()).length], [1, 1, 2]);
});

test('refuses parameters in another order, and rows that differ in their columns', async () => {
  const { insert, all } = createScene();
  await assert.rejects(insert(HEARTBEATS, [1, 'a', 2, 'b']), /binds its parameters in another order/);
  await assert.rejects(
    async () => await insert([...HEARTBEATS, { heard_at: 3, id: 'c' }]),
    /differ in their columns/,
  );
  assert.deepEqual(await all(), []);
});
