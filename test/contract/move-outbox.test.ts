/**
 * An outbox moves from SQLite to PostgreSQL: everything is there as it was, or nothing; and whatever becomes of the move, nobody is told
 * everything again.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import pg from 'pg';
import type { Outbox } from '../../src/core/outbox/contract.ts';
import { TABLE_MOVES } from '../../src/core/outbox/move/moved-tables.ts';
import { openSqliteOutbox, visitSqliteOutbox } from '../../src/core/outbox/sqlite/engine.ts';
import {
  asMoved,
  createPlaces,
  fill,
  isEmpty,
  LANES,
  move,
  notificationOf,
  OPS,
  openPostgres,
  type Places,
  query,
  readAll,
  slowDown,
  tablesInFile,
  tablesInPostgres,
} from './move-steps.ts';
import { DELIVERED, MINUTE, T0 } from './outbox-endings.ts';
import { began, useOutbox } from './outbox-steps.ts';

describe('an outbox that moves', () => {
  let places: Places;
  let moved: Outbox | undefined;
  const steps = useOutbox(async () => {
    places = await createPlaces();
    const outbox = await openSqliteOutbox(places);
    return { outbox, reopen: async () => outbox, remove: async () => await outbox.close() };
  }, LANES);
  beforeEach(async () => await fill(steps));
  afterEach(async () => {
    await moved?.close();
    moved = undefined;
    await places.remove();
  });

  /** The daemon is stopped, and the outbox moved. */
  async function moveAll(): Promise<Outbox> {
    await steps.outbox.close();
    await move(places);
    moved = await openPostgres(places);
    return moved;
  }

  test('has every row that it had', async () => {
    await steps.outbox.close();
    const before = asMoved(await tablesInFile(places));
    for (const { table } of TABLE_MOVES) assert.notEqual(before[table]?.length, 0, `${table} is filled`);
    const { kind, census } = await move(places);
    assert.equal(kind, 'moved');
    assert.deepEqual(asMoved(await tablesInPostgres(places)), before);
    assert.deepEqual([census.rows.get('piece'), census.deadLetters], [before.piece?.length, 2]);
    assert.deepEqual(await query(places, 'select * from replica'), []);
    assert.deepEqual(await query(places, 'select * from lane where owner is not null'), []);
  });

  test('has every row however many there are, and however long they are', async () => {
    await steps.outbox.close();
    const database = new DatabaseSync(places.file);
    database.exec(`
      with recursive n(i) as (select 1000 union all select i + 1 from n where i < 3345)
      insert into notification select i, 'n' || i, 's', '{}', ${T0}, 0, ${T0} from n;
      with recursive n(i) as (select 1000 union all select i + 1 from n where i < 1029)
      insert into piece select i, i, 0, 'f', cast('["' || replace(hex(zeroblob(150000)), '00', '警') || '"]' as blob) from n;
    `);
    database.close();
    const before = asMoved(await tablesInFile(places));
    const copied: number[] = [];
    await move(places, { observer: { copied: (rows) => void copied.push(rows) } });
    assert.deepEqual(asMoved(await tablesInPostgres(places)), before);
    assert.equal(copied.at(-1), Object.values(before).flat().length);
    // One statement for each table, and more where they would have more than 500 rows or a megabyte.
    assert.ok(copied.length >= TABLE_MOVES.length + 4 + 4, `${copied.length} statements`);
  });

  test('says the same of itself', async () => {
    const before = await readAll(steps.outbox);
    assert.deepEqual(await readAll(await moveAll()), before);
  });

  test('goes on with what was under way: the same message under the same id, as one that people may have seen', async () => {
    const before = await steps.outbox.view({ lane: 'twin', at: T0 });
    const outbox = await moveAll();
    const claim = { replica: 'new', lanes: LANES, holding: [], leaseMs: 10_000, at: T0 + MINUTE };
    const { leases } = await outbox.claimLanes(claim);
    const lease = leases.find(({ lane }) => lane === 'twin') ?? assert.fail();
    const { current, credentials } = await outbox.view({ lane: 'twin', at: T0 + MINUTE });
    assert.equal(current?.id, before.current?.id);
    assert.equal(current?.history.ambiguous, true);
    const { paceKey, paceMark } = credentials[0] ?? assert.fail();
    const under = { paceKey, paceMark };
    const again = await outbox.begin({ ...lease, message: current?.ref ?? 0, under, at: T0 + MINUTE });
    assert.equal(began(again).message.id, before.current?.id);
  });

  test('knows a notification again that was accepted before', async () => {
    const outbox = await moveAll();
    const copy = { ...notificationOf('known', 'a group'), id: 'a copy' };
    assert.deepEqual(await outbox.append(copy), { kind: 'duplicate', notificationId: 'known' });
  });

  test('gives no id again that was ever given, also not of rows that retention has removed', async () => {
    await steps.add({ alerts: ['last'], lanes: ['other'] });
    await steps.send('other', DELIVERED);
    const given = (await steps.outbox.readLedger({})).pieces.length;
    await steps.prune();
    assert.ok((await steps.outbox.readLedger({})).pieces.length < given, 'the latest is removed');
    await steps.outbox.close();
    const database = new DatabaseSync(places.file);
    const highest = database.prepare('select name, seq from sqlite_sequence order by name').all();
    database.close();
    await move(places);
    moved = await openPostgres(places);
    await moved.append(notificationOf('new', 'another group'));
    const [row] = await query(places, 'select max(id)::int as id from notification');
    const last = highest.find(({ name }) => name === 'notification');
    assert.deepEqual(row, { id: Number(last?.seq) + 1 });
  });
});

describe('a move', () => {
  let places: Places;
  beforeEach(async () => {
    places = await createPlaces();
    const outbox = await openSqliteOutbox(places);
    await outbox.registerLanes(LANES);
    await outbox.append(notificationOf('n', 'g'));
    await outbox.close();
  });
  afterEach(async () => await places.remove());

  const markerInFile = (): readonly unknown[] => {
    const database = new DatabaseSync(places.file);
    const rows = database.prepare('select state, place from move').all();
    database.close();
    return rows.map((row) => ({ ...row }));
  };
  const inFile = (statement: string): void => {
    const database = new DatabaseSync(places.file);
    database.exec(statement);
    database.close();
  };
  const placeOf = ({ user, host, port, database, schema } = places.address): string =>
    `postgres://${user}@${host}:${port}/${database} (schema ${schema})`;
  /** The daemon could start, and its events are all there. */
  async function assertAsBefore(): Promise<void> {
    assert.deepEqual(markerInFile(), []);
    await assertWaits();
  }
  async function assertWaits(): Promise<void> {
    const outbox = await openSqliteOutbox(places);
    assert.equal((await outbox.view({ lane: 'ops', at: T0 })).waiting, 1);
    await outbox.close();
  }

  test('closes the file for daemons and for commands, and says where everything went', async () => {
    await move(places);
    const moved = { code: 'outbox_moved', message: `${places.file} was moved to ${placeOf()}` };
    await assert.rejects(openSqliteOutbox(places), moved);
    await assert.rejects(visitSqliteOutbox(places), moved);
  });

  test('that is made again finds that it is done', async () => {
    await move(places);
    const before = await tablesInPostgres(places);
    assert.equal((await move(places)).kind, 'moved_before');
    assert.deepEqual(await tablesInPostgres(places), before);
  });

  test('to a second place is refused', async () => {
    await move(places);
    const second = { ...places.address, schema: 'second' };
    await assert.rejects(move({ ...places, address: second }), { code: 'outbox_moved' });
    assert.deepEqual(await query(places, "select from pg_namespace where nspname = 'second'"), []);
  });

  test('that was killed just before its last mark is seen through, also if replicas are at work by then', async () => {
    await move(places);
    inFile("update move set state = 'moving'");
    const replica = await openPostgres(places);
    await replica.append(notificationOf('new', 'another group'));
    assert.equal((await move(places)).kind, 'moved_before');
    assert.deepEqual(markerInFile(), [{ state: 'moved', place: placeOf() }]);
    assert.equal((await replica.view({ lane: 'ops', at: T0 })).waiting, 2);
    await replica.close();
  });

  test('that was killed before its commit keeps nobody out, and can be made again', async () => {
    inFile(`insert into move values ('x', 'moving', '${placeOf()}')`);
    assert.equal((await move(places)).kind, 'moved');
    assert.deepEqual(await query(places, 'select id, state, place from move'), [
      { id: 'x', state: 'arrived', place: places.file },
    ]);
  });

  test('that was killed before its commit is given up by a daemon that starts on the file', async () => {
    inFile(`insert into move values ('x', 'moving', '${placeOf()}')`);
    await assertWaits();
    assert.deepEqual(markerInFile(), []);
    assert.equal((await move(places)).kind, 'moved');
  });

  test('after which the file was worked on is not taken for complete', async () => {
    await move(places);
    inFile("update move set state = 'moving'");
    const daemon = await openSqliteOutbox(places);
    await daemon.append(notificationOf('late', 'another group'));
    await daemon.close();
    await assert.rejects(move(places), { code: 'outbox_not_empty', message: /came from .*outbox\.db/ });
    assert.deepEqual(markerInFile(), []);
  });

  test('that may have reached one place leads to no other', async () => {
    inFile("insert into move values ('x', 'moving', 'postgres://elsewhere')");
    await assert.rejects(move(places), { code: 'outbox_moved', message: /may be in postgres:\/\/elsewhere/ });
  });

  test('is refused by an outbox in which there is anything', async () => {
    const replica = await openPostgres(places);
    await replica.registerLanes([OPS]);
    await replica.close();
    await assert.rejects(move(places), { code: 'outbox_not_empty', message: /in its table lane$/ });
    await assertAsBefore();
  });

  test('fills tables that are there already and empty', async () => {
    await (await openPostgres(places)).close();
    assert.equal((await move(places)).kind, 'moved');
  });

  test('of no file, or of none of ours, is refused and changes nothing', async () => {
    const nowhere = `${places.file}.x`;
    await assert.rejects(move({ ...places, file: nowhere }), { code: 'outbox_missing' });
    assert.equal(existsSync(nowhere), false);
    const other = new DatabaseSync(nowhere);
    other.exec('create table note (text)');
    other.close();
    const bytes = readFileSync(nowhere);
    await assert.rejects(move({ ...places, file: nowhere }), { code: 'outbox_missing' });
    assert.deepEqual(readFileSync(nowhere), bytes);
  });

  test('to tables that a newer version has changed is refused', async () => {
    await (await openPostgres(places)).close();
    await query(places, "insert into kysely_migration values ('9999-expand-later', '2030-01-01T00:00:00Z')");
    await assert.rejects(move(places), { code: 'outbox_newer' });
    await assertAsBefore();
  });

  for (const { name, user, database, code } of [
    {
      name: 'a database that is not there',
      user: 'postgres',
      database: 'nowhere',
      code: 'outbox_unreachable',
    },
    { name: 'a user that is not there', user: 'nobody', database: 'postgres', code: 'outbox_unreachable' },
  ]) {
    test(`to ${name} says so, and changes nothing`, async () => {
      const address = { ...places.address, user, database };
      await assert.rejects(move({ ...places, address }), { code });
      await assertAsBefore();
    });
  }

  test('to a server that is away ends at once', async () => {
    const address = { ...places.address, port: 1 };
    await assert.rejects(move({ ...places, address }), { code: 'outbox_unavailable' });
    await assertAsBefore();
  });

  test('that is stopped has moved nothing, and can be made again', async () => {
    const stopping = new AbortController();
    let copied = 0;
    const observer = { begins: () => stopping.abort(), copied: () => copied++ };
    await assert.rejects(move(places, { signal: stopping.signal, observer }), { code: 'move_stopped' });
    assert.equal(copied, 0);
    assert.ok(await isEmpty(places));
    await assertAsBefore();
    assert.equal((await move(places)).kind, 'moved');
  });

  test('whose connection breaks has moved nothing, and can be made again', async () => {
    const breaking: Promise<unknown>[] = [];
    const observer = {
      copied: () => {
        if (breaking.length > 0) return;
        const others =
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
        breaking.push(query(places, others));
      },
    };
    await slowDown(places);
    await assert.rejects(move(places, { observer }), { code: 'outbox_unavailable' });
    await Promise.all(breaking);
    assert.ok(await isEmpty(places));
    await assertAsBefore();
    await query(places, 'drop trigger slow on lane');
    assert.equal((await move(places)).kind, 'moved');
  });

  test('of which a row gets lost is undone', async () => {
    await (await openPostgres(places)).close();
    await query(
      places,
      `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger swallow before insert on piece for each row execute function swallow()`,
    );
    const message = 'nothing was moved: of piece, the source has 1 and 0 would have arrived';
    await assert.rejects(move(places), { code: 'move_incomplete', message });
    assert.ok(await isEmpty(places));
    await assertAsBefore();
  });

  test('of which an event gets lost is undone', async () => {
    await (await openPostgres(places)).close();
    await query(
      places,
      `create function shrink() returns trigger language plpgsql as $$ begin new.last := new.first - 1; return new; end $$;
      create trigger shrink before insert on run for each row execute function shrink()`,
    );
    await assert.rejects(move(places), {
      code: 'move_incomplete',
      message: /of lane ops, the source has 1 waiting/,
    });
    await assertAsBefore();
  });

  test('keeps a replica waiting that starts meanwhile', async () => {
    const starting: Promise<Outbox>[] = [];
    await move(places, { observer: { begins: () => void starting.push(openPostgres(places)) } });
    const replica = await (starting[0] ?? assert.fail());
    await replica.registerLanes(LANES);
    assert.equal((await replica.view({ lane: 'ops', at: T0 })).waiting, 1);
    await replica.close();
  });

  test('waits for another one, or a replica that makes the tables, and says so', async () => {
    const other = new pg.Client(places.address);
    await other.connect();
    await other.query("select pg_advisory_lock(hashtextextended('notifierd outbox', 0))");
    let waits = 0;
    const moving = move(places, {
      observer: {
        waits() {
          waits += 1;
          void other.end();
        },
      },
    });
    assert.equal((await moving).kind, 'moved');
    assert.ok(waits > 0);
  });

  test('keeps everybody from changing the file, and lets them read it', async () => {
    const beside = new DatabaseSync(places.file);
    const observer = {
      begins() {
        assert.equal(beside.prepare('select count(*) as count from run').get()?.count, 1);
        assert.throws(() => beside.exec('delete from run'), /locked/);
      },
    };
    await move(places, { observer });
    beside.close();
  });
});
