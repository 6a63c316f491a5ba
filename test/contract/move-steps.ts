/** The steps of the tests that move an outbox from SQLite to PostgreSQL: the two places, the move, and what is in them before and after. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import pg from 'pg';
import { systemClock } from '../../src/core/clock.ts';
import type { NewNotification, Outbox } from '../../src/core/outbox/contract.ts';
import { type Moved, type MoveObserver, moveOutbox } from '../../src/core/outbox/move/move-outbox.ts';
import { TABLE_MOVES } from '../../src/core/outbox/move/moved-tables.ts';
import {
  clientConfig,
  type PostgresAddress,
  sessionSettings,
} from '../../src/core/outbox/postgres/address.ts';
import { connectionOver } from '../../src/core/outbox/postgres/connections.ts';
import { openPostgresOutbox } from '../../src/core/outbox/postgres/engine.ts';
import type { OutboxTables } from '../../src/core/outbox/schema.ts';
import { createSqliteDialect } from '../../src/core/outbox/sqlite/dialect.ts';
import { sharedPostgres } from '../support/postgres/shared-postgres.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { DEAD, DELIVERED, goesAgain, LOST_ANSWER, MINUTE, REFUSED, T0 } from './outbox-endings.ts';
import { laneOf, type OutboxSteps } from './outbox-steps.ts';
import { readTables } from './outbox-tables.ts';
import { SILENT_LOG } from './postgres-steps.ts';

/** A sink with two credentials and a fallback. */
export const OPS = laneOf('ops', { paceKeys: ['key 1', 'key 2'], fallback: 'backup' });
/** All lanes of the outbox that fill() fills. */
export const LANES = [
  OPS,
  laneOf('backup'),
  laneOf('twin', { paceKeys: ['key 2'] }),
  laneOf('other', { plugin: 'p' }),
];

/** A file, and an empty database that it can move to. */
export interface Places {
  readonly file: string;
  readonly address: PostgresAddress;
  remove(): Promise<void>;
}

/** The file is not there yet. */
export async function createPlaces(): Promise<Places> {
  const dir = createTempDir();
  const { host, port, user, freshDatabase } = await sharedPostgres();
  const { name: database, drop } = await freshDatabase();
  return {
    file: join(dir.path, 'outbox.db'),
    address: { host, port, user, database, schema: 'outbox' },
    async remove() {
      dir.remove();
      await drop();
    },
  };
}

/** What the cases say of the time is recorded as it is. */
export async function openPostgres({ address }: Pick<Places, 'address'>): Promise<Outbox> {
  const given = { address, connections: 3, clock: systemClock, log: SILENT_LOG, time: 'given' } as const;
  return (await openPostgresOutbox(given)).outbox;
}

/** Rows by table. */
export type Tables = Readonly<Record<string, readonly unknown[]>>;

/** What a case has to do with a move. */
export interface GivenMove {
  readonly signal?: AbortSignal;
  readonly observer?: Partial<MoveObserver>;
}

/** Moves the file's outbox there. */
export async function move(
  { file, address }: Pick<Places, 'file' | 'address'>,
  { signal = new AbortController().signal, observer = {} }: GivenMove = {},
): Promise<Moved> {
  return await moveOutbox({
    file,
    address,
    id: randomUUID(),
    clock: systemClock,
    signal,
    observer: { waits: () => undefined, begins: () => undefined, copied: () => undefined, ...observer },
  });
}

/** Runs on the tables in PostgreSQL, as a person would with psql; the rows of the last statement. */
export async function query(places: Pick<Places, 'address'>, text: string): Promise<readonly unknown[]> {
  return await connected(places, async (client) => (await client.query(text)).rows);
}

/** All rows there. */
export async function tablesInPostgres(places: Places): Promise<Tables> {
  return await connected(places, async (client) => await readTables(connectionOver(client).db));
}

/** All rows in the file. */
export async function tablesInFile({ file }: Places): Promise<Tables> {
  const db = new Kysely<OutboxTables>({ dialect: createSqliteDialect(new DatabaseSync(file)) });
  try {
    return await readTables(db);
  } finally {
    await db.destroy();
  }
}

/** As it can be kept in PostgreSQL, in an order of its own; nobody drains the lanes. */
export function asMoved(tables: Tables): Tables {
  const rest = TABLE_MOVES.map(({ table }) => {
    const rows = (tables[table] ?? []).map((row) => ({
      ...storable(Object(row)),
      ...(table === 'lane' ? { owner: null, lease_until: null, free_at: null } : {}),
    }));
    return [table, rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))] as const;
  });
  return Object.fromEntries(rest);
}

/** Nothing has arrived there. */
export async function isEmpty(places: Places): Promise<boolean> {
  const tables = await tablesInPostgres(places);
  return TABLE_MOVES.every(({ table }) => tables[table]?.length === 0);
}

/** Long enough for the test to break the connection in the middle. */
export async function slowDown(places: Places): Promise<void> {
  await (await openPostgres(places)).close();
  await query(
    places,
    `create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return new; end $$;
    create trigger slow before insert on lane for each row execute function slow()`,
  );
}

/** Something of everything that can be in an outbox. */
export async function fill(steps: OutboxSteps): Promise<void> {
  const { outbox, add, send, start, end } = steps;
  await outbox.append(notificationOf('known', 'a group'));
  await send('ops', DELIVERED, { month: 'org 2027-01' });
  // A message set aside, and a later state of its alert that waits for it.
  await add({ alerts: ['aside'] });
  await end('ops', await start('ops'), { ...goesAgain({ setAside: true }), reason: 'unknown_code' });
  await add({ alerts: ['aside', 'b', 'c', 'd', 'e', 'f'], state: 'resolved' });
  await send('ops', REFUSED, { covers: 3 });
  await send('ops', DEAD);
  const revived = await send('ops', DEAD);
  await steps.revive(revived);
  const dropped = await send('ops', DEAD, { covers: 1 });
  await outbox.dropDeadLetters({ messages: [dropped], at: T0 });
  await add({ alerts: ['a\0b', '\ud800', '警告🔥'], rank: 0, at: T0 + 1 });
  await steps.handOver({ ranks: [0] });
  await add({ alerts: ['old'], lanes: ['other'], rank: 4, at: T0 - MINUTE });
  await steps.expire('other', { rank: 4 });
  const hold = {
    kind: 'parked',
    scope: 'credential',
    reason: 'rate_limited',
    detail: 'too fast',
    count: 1,
  } as const;
  const trouble = { cause: 'outage', failures: 2, retryAt: T0 + MINUTE } as const;
  await add({ alerts: ['held'], rank: 1 });
  const held = await start('ops', { paceKey: 'key 2' });
  await end('ops', held, {
    ...LOST_ANSWER,
    settlement: { ...LOST_ANSWER.settlement, hold: { ...hold, until: T0 + 5 * MINUTE } },
  });
  await add({ alerts: ['g'], lanes: ['backup'] });
  await send('backup', goesAgain({ trouble }));
  await outbox.noteHeartbeat('watchdog', T0);
  // Under way when the daemon was killed.
  await add({ alerts: ['under way'], lanes: ['twin'] });
  await start('twin');
}

/** One event for ops; a copy has the same group. */
export function notificationOf(id: string, groupId: string): NewNotification {
  const states = [{ fingerprint: '0123456789abcdef', startsAt: 'T', firing: true }];
  return {
    id,
    receivedAt: T0,
    repeat: { groupId, key: 'k', poster: '', windowMs: MINUTE, reminder: false, truncated: false },
    head: '{}',
    pieces: [{ rank: 2, lanes: ['ops'], alerts: JSON.stringify([{ name: 'known' }]), states }],
  };
}

/** All that the contract says of an outbox. */
export async function readAll(outbox: Outbox): Promise<unknown> {
  const lanes = [];
  for (const { name: lane } of LANES) {
    const view = await outbox.view({ lane, at: T0 + MINUTE, month: 'org 2027-01' });
    const credentials = view.credentials.toSorted((a, b) => (a.paceKey < b.paceKey ? -1 : 1));
    lanes.push({ ...view, credentials }, await outbox.page({ lane, maxEvents: 100, maxBytes: 1e6 }));
  }
  const all = {
    lanes,
    readings: await outbox.readLanes(),
    letters: await outbox.readDeadLetters(await outbox.readDeadLetterIds()),
    ledger: await outbox.readLedger({}),
    months: [...(await outbox.readMonthCalls(['org 2027-01']))],
    state: await outbox.readState('a group', '0123456789abcdef'),
    heartbeat: await outbox.readHeartbeat('watchdog'),
  };
  return storable(all);
}

/** PostgreSQL's text has no character 0. */
function storable<Value>(value: Value): Value {
  const text = JSON.stringify(value, (_, one) =>
    typeof one === 'string' ? one.replaceAll('\0', '\uFFFD').toWellFormed() : one,
  );
  return text === undefined ? value : JSON.parse(text);
}

async function connected<Result>(
  { address }: Pick<Places, 'address'>,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(clientConfig(address, {}));
  await client.connect();
  try {
    await client.query(sessionSettings(address, {}));
    return await work(client);
  } finally {
    await client.end();
  }
}
