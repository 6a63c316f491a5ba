/**
 * What the tests of the PostgreSQL engine share: a database with the outbox's tables, emptied between tests instead of made anew, and the
 * steps of replicas that work on it at the same time, each over an engine of its own.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/core/clock.ts';
import type {
  Lease,
  NewNotification,
  Outbox,
  Settled,
  SettleRequest,
  Started,
} from '../../src/core/outbox/contract.ts';
import type { PostgresAddress } from '../../src/core/outbox/postgres/address.ts';
import { openPostgresOutbox, type PostgresEngineOptions } from '../../src/core/outbox/postgres/engine.ts';
import type { Log } from '../../src/core/plugin/contract.ts';
import { sharedPostgres } from '../support/postgres/shared-postgres.ts';
import type { Row } from '../support/postgres/superuser.ts';

/** Nobody reads it. */
export const SILENT_LOG: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A database of its own, on the server that all tests share. */
export interface PostgresStore {
  readonly address: PostgresAddress;
  /** One more engine on it, as if in a replica of its own; by the callers' time unless told. */
  open(options?: Partial<PostgresEngineOptions>): Promise<Outbox>;
  /** As the superuser. */
  query(sql: string): Promise<readonly Row[]>;
  /** Removes all rows. */
  empty(): Promise<void>;
  drop(): Promise<void>;
}

/** An empty one; the first engine makes the tables. */
export async function createStore(): Promise<PostgresStore> {
  const server = await sharedPostgres();
  const { name, drop } = await server.freshDatabase();
  const { host, port, user } = server;
  const address = { host, port, database: name, user, schema: 'outbox' };
  return {
    address,
    async open(options = {}) {
      const given = { address, connections: 3, clock: systemClock, log: SILENT_LOG, time: 'given' } as const;
      return (await openPostgresOutbox({ ...given, ...options })).outbox;
    },
    query: async (sql) => await server.query(`set search_path to outbox; ${sql}`, name),
    empty: async () => void (await server.query(EMPTY, name)),
    drop,
  };
}

/** Much faster than TRUNCATE for a few rows, which would make new files. */
const EMPTY = `do $$ declare own text; begin
  for own in select tablename from pg_tables where schemaname = 'outbox' and tablename not like 'kysely%' loop
    execute format('delete from outbox.%I', own);
  end loop;
end $$`;

/** A notification of one piece, as far as a case cares. */
export interface Arrival {
  readonly group: string;
  /** Equal for copies. Its own unless told. */
  readonly key?: string;
  /** Each is in the same state. */
  readonly alerts: readonly string[];
  readonly state?: string;
  readonly lanes: readonly string[];
  readonly rank?: number;
  readonly at?: number;
  readonly reminder?: boolean;
}

let arrivals = 0;

/** As the intake makes it. */
export function arrivalOf(arrival: Arrival): NewNotification {
  const { group, key = randomUUID(), alerts, lanes, rank = 2, reminder = false } = arrival;
  // Each arrival says something new unless told: the alerts fire from a later start.
  const { state = String(++arrivals).padStart(9, '0') } = arrival;
  return {
    id: randomUUID(),
    receivedAt: arrival.at ?? Date.now(),
    repeat: { groupId: group, key, poster: '', windowMs: 360_000, reminder, truncated: false },
    head: '{}',
    pieces: [
      {
        rank,
        lanes,
        alerts: JSON.stringify(alerts.map((name) => ({ name, state }))),
        states: alerts.map((name) => ({ fingerprint: fingerprintOf(name), startsAt: state, firing: true })),
      },
    ],
  };
}

/** Of an alert by its name. */
export function fingerprintOf(name: string): string {
  return name.padEnd(16, '-');
}

/** A start, as far as a case cares. */
export interface Start {
  /** How many events the message covers at most; 1 unless told. */
  readonly take?: number;
  readonly at?: number;
}

/** Looks at the lane; what it gives seals the lane's next events, as they were when it looked. Undefined if none wait. */
export async function planSeal(
  outbox: Outbox,
  lease: Lease,
  { take = 1, at = Date.now() }: Start = {},
): Promise<(() => Promise<Started | 'stale'>) | undefined> {
  const { lane } = lease;
  const { credentials } = await outbox.view({ lane, at });
  const { paceKey, paceMark } = credentials[0] ?? assert.fail(`${lane} has no credential`);
  const { events, mends } = await outbox.page({ lane, maxEvents: take, maxBytes: 1e6 });
  if (events.length === 0) return undefined;
  const composed = { id: randomUUID(), form: 'text', body: 'b', mends, expiredTold: 0 };
  const covers = events.map(({ place }) => place);
  return async () => await outbox.seal({ ...lease, ...composed, covers, under: { paceKey, paceMark }, at });
}

/** Records how an attempt ended. */
export async function settle(
  outbox: Outbox,
  { lane, started }: { readonly lane: string; readonly started: Started },
  ending: Pick<SettleRequest, 'outcome' | 'reason' | 'settlement'>,
): Promise<Settled> {
  const { attempt, message } = started;
  return await outbox.settle({
    lane,
    attempt,
    message: message.ref,
    detail: 'in a test',
    ...ending,
    at: Date.now(),
  });
}
