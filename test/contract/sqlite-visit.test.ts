/** A command on the SQLite file of a daemon: what it finds before it may begin, and that neither disturbs the other. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Lease, NewNotification, Outbox } from '../../src/core/outbox/contract.ts';
import { openSqliteOutbox, visitSqliteOutbox } from '../../src/core/outbox/sqlite/engine.ts';
import { createTempDir, type TempDir } from '../support/temp-dir.ts';
import { takeLanes } from './lease-steps.ts';

const T0 = 1_800_000_000_000;

describe('a visit of an SQLite outbox', () => {
  let dir: TempDir;
  let file: string;

  beforeEach(() => {
    dir = createTempDir();
    file = join(dir.path, 'outbox.db');
  });
  afterEach(() => dir.remove());

  test('of a file that is not there is refused, and creates nothing', async () => {
    const nowhere = join(dir.path, 'nowhere', 'outbox.db');
    await assert.rejects(visitSqliteOutbox({ file: nowhere }), { code: 'outbox_missing' });
    assert.equal(existsSync(join(dir.path, 'nowhere')), false);
  });

  test('of a file that is no database is refused', async () => {
    writeFileSync(file, 'not a database, but long enough to be looked at as if it were one '.repeat(20));
    await assert.rejects(visitSqliteOutbox({ file }), { code: 'outbox_broken' });
  });

  test('of a database of something else is refused, and changes nothing', async () => {
    const other = new DatabaseSync(file);
    other.exec('create table note (text)');
    await assert.rejects(visitSqliteOutbox({ file }), {
      code: 'outbox_older',
      message: 'there is no outbox of notifierd',
    });
    assert.deepEqual(
      other
        .prepare('select name from sqlite_schema')
        .all()
        .map((row) => row.name),
      ['note'],
    );
    other.close();
  });

  for (const { name, change, code } of [
    {
      name: 'a newer version',
      change: `insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00Z')`,
      code: 'outbox_newer',
    },
    { name: 'an older version', change: 'delete from kysely_migration', code: 'outbox_older' },
  ]) {
    test(`of an outbox of ${name} is refused`, async () => {
      await (await openSqliteOutbox({ file })).close();
      const database = new DatabaseSync(file);
      database.exec(change);
      database.close();
      await assert.rejects(visitSqliteOutbox({ file }), { code });
    });
  }

  test('needs no lock: it works while a daemon does, and leaves the file as it was', async () => {
    const daemon = await openSqliteOutbox({ file });
    const visit = await visitSqliteOutbox({ file });
    const another = await visitSqliteOutbox({ file });
    assert.deepEqual(await visit.readDeadLetterIds(), []);
    await Promise.all([visit.close(), another.close(), daemon.close()]);
    assert.deepEqual(
      readdirSync(dir.path).filter((name) => /-wal|-shm/.test(name)),
      [],
    );
  });

  test('and a daemon that write at the same time never fail each other, and revive each letter once', async () => {
    const daemon = await openSqliteOutbox({ file });
    const visits = [await visitSqliteOutbox({ file }), await visitSqliteOutbox({ file })];
    const setup = { name: 'ops', plugin: 'p', paceKeys: ['k'], configHash: 'c' };
    const leaseOf = await takeLanes(daemon, [setup], T0);
    const letters: number[] = [];
    for (let index = 0; index < 40; index++) {
      await daemon.append(oneAlert(index));
      letters.push(await bury(daemon, leaseOf('ops')));
    }
    const appending = appendWhileLooking(daemon, 100, 160);
    const reviving = visits.map(async (visit) => {
      let done = 0;
      for (const message of letters) {
        const [fate] = await visit.reviveDeadLetters({ messages: [message], lanes: ['ops'], at: T0 });
        if (fate?.kind === 'done') done += 1;
      }
      return done;
    });
    const [first = 0, second = 0] = await Promise.all(reviving);
    await appending;
    assert.equal(first + second, 40);
    const { waiting, unsealed } = await daemon.view({ lane: 'ops', at: T0 });
    assert.deepEqual([waiting, unsealed], [100, 100]);
    await Promise.all([...visits, daemon].map((outbox) => outbox.close()));
  });
});

/** What a lane does most: it looks, and looks again. */
async function appendWhileLooking(outbox: Outbox, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index++) {
    await Promise.all([outbox.append(oneAlert(index)), outbox.view({ lane: 'ops', at: T0 })]);
    for (let looks = 0; looks < 5; looks++) await outbox.view({ lane: 'ops', at: T0 });
  }
}

async function bury(outbox: Outbox, lease: Lease): Promise<number> {
  const [{ paceKey, paceMark } = assert.fail()] = (await outbox.view({ lane: 'ops', at: T0 })).credentials;
  const { events } = await outbox.page({ lane: 'ops', maxEvents: 1, maxBytes: 1e6 });
  const covers = events.map((event) => event.place);
  const message = { id: 'an id', form: 'text', body: '', mends: [], covers, expiredTold: 0 };
  const started = await outbox.seal({ ...lease, ...message, under: { paceKey, paceMark }, at: T0 });
  assert.ok(started !== 'stale');
  const { ref } = started.message;
  await outbox.settle({
    lane: 'ops',
    attempt: started.attempt,
    message: ref,
    outcome: 'refused',
    reason: 'bad_request',
    detail: '',
    settlement: { message: { kind: 'dead' } },
    at: T0,
  });
  return ref;
}

function oneAlert(index: number): NewNotification {
  const states = [{ fingerprint: String(index).padStart(16, '0'), startsAt: 'T', firing: true }];
  return {
    id: `n${index}`,
    receivedAt: T0,
    repeat: {
      groupId: `g${index}`,
      key: `k${index}`,
      poster: '',
      windowMs: 1000,
      reminder: false,
      truncated: false,
    },
    head: '{}',
    pieces: [{ rank: 0, lanes: ['ops'], alerts: '[{}]', states }],
  };
}
