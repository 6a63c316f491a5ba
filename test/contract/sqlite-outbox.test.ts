import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { NewNotification } from '../../src/core/outbox/contract.ts';
import { openSqliteOutbox } from '../../src/core/outbox/sqlite/engine.ts';
import { describeOutbox } from './outbox-suite.ts';

describeOutbox('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'notifierd-outbox-'));
  const open = () => openSqliteOutbox({ file: join(folder, 'outbox.db') });
  let outbox = await open();
  return {
    outbox,
    async reopen() {
      await outbox.close();
      outbox = await open();
      return outbox;
    },
    async remove() {
      await outbox.close();
      await rm(folder, { recursive: true });
    },
  };
});

test('appends that come together share commits, and the first do not wait for the last', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'notifierd-outbox-'));
  let commits = 0;
  const file = join(folder, 'outbox.db');
  const outbox = await openSqliteOutbox({ file, onCommit: () => commits++ });
  const reader = new DatabaseSync(file, { readOnly: true });
  t.after(async () => {
    reader.close();
    await outbox.close();
    await rm(folder, { recursive: true });
  });
  await outbox.registerLanes([{ name: 'ops', plugin: 'p', paceKeys: ['k'], configHash: 'c' }]);
  commits = 0;
  const stored = (): unknown => reader.prepare('select count(*) as count from notification').get()?.count;
  const appended = Array.from({ length: 64 }, (_, index) => {
    // In the turn of the event loop in which the others still come, the first dozen is stored.
    while (index === 12 && stored() === 0);
    return outbox.append(oneAlert(index));
  });
  assert.equal((await Promise.all(appended)).length, 64);
  assert.ok(commits >= 2 && commits <= 16, `${commits} commits for 64 appends`);
});

test('what cannot cross to the thread ends the outbox: nobody waits for an answer that never comes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'notifierd-outbox-'));
  const crashes: Error[] = [];
  const outbox = await openSqliteOutbox({
    file: join(folder, 'outbox.db'),
    onCrash: (error) => crashes.push(error),
  });
  t.after(async () => {
    await outbox.close();
    await rm(folder, { recursive: true });
  });
  await outbox.registerLanes([{ name: 'ops', plugin: 'p', paceKeys: ['k'], configHash: 'c' }]);
  const appended = Array.from({ length: 11 }, (_, index) => outbox.append(oneAlert(index)));
  const uncloneable = outbox.view({ lane: 'ops', at: 0, month: (() => '') as never });
  const outcomes = await Promise.allSettled([...appended, uncloneable]);
  assert.ok(outcomes.every(({ status }) => status === 'rejected'));
  assert.equal(crashes.length, 1);
});

test('an operation that fails takes nothing of its neighbours in the same commit with it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'notifierd-outbox-'));
  const outbox = await openSqliteOutbox({ file: join(folder, 'outbox.db') });
  await outbox.registerLanes([{ name: 'ops', plugin: 'p', paceKeys: ['k'], configHash: 'c' }]);
  const stray = {
    ...oneAlert(1),
    pieces: oneAlert(1).pieces.map((piece) => ({ ...piece, lanes: ['ops', 'nobody'] })),
  };
  const [first, failed, last] = await Promise.allSettled([
    outbox.append(oneAlert(0)),
    outbox.append(stray),
    outbox.append(oneAlert(2)),
  ]);
  assert.deepEqual([first?.status, failed?.status, last?.status], ['fulfilled', 'rejected', 'fulfilled']);
  const { events } = await outbox.page({ lane: 'ops', maxEvents: 10, maxBytes: 1e6 });
  assert.deepEqual(
    events.map((event) => event.piece.notificationId),
    ['n0', 'n2'],
  );
  assert.equal((await outbox.view({ lane: 'ops', at: 0 })).waiting, 2);
  await outbox.close();
  await rm(folder, { recursive: true });
});

function oneAlert(index: number): NewNotification {
  const states = [{ fingerprint: String(index).padStart(16, '0'), startsAt: 'T', firing: true }];
  return {
    id: `n${index}`,
    receivedAt: 1,
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

test('a file that a newer notifierd has written is refused, and left as it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'notifierd-outbox-'));
  const file = join(folder, 'outbox.db');
  await (await openSqliteOutbox({ file })).close();
  const database = new DatabaseSync(file);
  database.exec(
    "insert into kysely_migration (name, timestamp) values ('9999-later', '2099-01-01T00:00:00.000Z')",
  );
  database.close();
  await assert.rejects(openSqliteOutbox({ file }), { code: 'outbox_newer' });
  await rm(folder, { recursive: true });
});
