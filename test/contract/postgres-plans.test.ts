/**
 * What a lane, a claim and a scrape read on PostgreSQL does not grow with the history: they find their rows by index. Told by the
 * database's own counters, after all connections are closed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import { openPostgresOutbox } from '../../src/core/outbox/postgres/engine.ts';
import { sharedPostgres } from '../support/postgres/shared-postgres.ts';
import { laneOf } from './outbox-steps.ts';
import { SILENT_LOG } from './postgres-steps.ts';

const ROWS = 30_000;
const LANES = [laneOf('ops'), laneOf('log')];
const HISTORY = ['notification', 'piece', 'message', 'message_part', 'attempt'];

/** Notifications of one alert each, all delivered long ago. */
const DELIVERED = `
  insert into notification (uuid, head, received_at, pending, settled_at)
    select 'n' || i, '{}', i, 0, i from generate_series(1, ${ROWS}) i;
  insert into piece (notification_id, first_number, alerts, fingerprints)
    select i, 0, '[{}]', lpad(i::text, 16, '0') from generate_series(1, ${ROWS}) i;
  insert into message (uuid, lane_id, state, form, body, mends, events, oldest_at, sealed_at, settled_at, retry_at,
      retry_set_at, attempts, pace_key, own_failures, ambiguous, expired_told)
    select 'm' || i, 1 + i % 2, 'delivered', 'link', 'b', '', 1, i, i, i, i, i, 1, 'key of ops', 0, 0, 0
    from generate_series(1, ${ROWS}) i;
  insert into message_part (message_id, ordinal, rank, piece_id, first, last, waiting_since)
    select i, 0, 2, i, 0, 0, i from generate_series(1, ${ROWS}) i;
  insert into attempt (message_id, lane_id, pace_key, uuid, started_at, paced_at, ended_at, outcome, reason)
    select i, 1 + i % 2, 'key of ops', 'm' || i, i, i, i, 'delivered', 'ok' from generate_series(1, ${ROWS}) i;
  analyze`;

test(`with ${ROWS} delivered messages nothing reads through them`, async () => {
  const server = await sharedPostgres();
  const { name, drop } = await server.freshDatabase();
  const { host, port, user } = server;
  const address = { host, port, user, database: name, schema: 'outbox' };
  const { outbox } = await openPostgresOutbox({
    address,
    connections: 3,
    clock: systemClock,
    log: SILENT_LOG,
  });
  await outbox.registerLanes(LANES);
  await server.query(`set search_path to outbox; ${DELIVERED}`, name);
  await server.query('select pg_stat_reset()', name);

  const at = systemClock.now();
  const request = { replica: 'r', lanes: LANES, leaseMs: 60_000, at };
  const { leases } = await outbox.claimLanes({ ...request, holding: [] });
  await outbox.claimLanes({ ...request, holding: leases });
  await outbox.view({ lane: 'ops', at });
  await outbox.page({ lane: 'ops', maxEvents: 100, maxBytes: 1 << 20 });
  await outbox.readLanes();
  await outbox.readDeadLetterIds();
  await outbox.readLedger({});
  assert.ok((await outbox.prune({ settledBefore: ROWS + 1, deadBefore: 0, batch: 100 })) > 0);
  await outbox.close();

  const rows = await server.query(
    `select relname, seq_tup_read::int as read from pg_stat_user_tables where relname in ('${HISTORY.join("','")}')`,
    name,
  );
  assert.equal(rows.length, HISTORY.length);
  assert.deepEqual(
    rows.filter(({ read }) => Number(read) > 0),
    [],
  );
  await drop();
});
