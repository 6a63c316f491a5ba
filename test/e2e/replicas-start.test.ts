/** A replica that starts while the database is busy with others waits for its turn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { eventually } from '../support/eventually.ts';
import { postAlert, shownOnce } from '../support/replicas/alerts.ts';
import { LEASE_MS, startStage } from '../support/replicas/stage.ts';

test('a replica that finds the lanes locked when it starts waits until they are free', async (t) => {
  const stage = await startStage({ robots: 1, replicas: 2, started: [0] });
  const other = new Client({ connectionString: stage.postgres.url(stage.database) });
  t.after(async () => {
    await other.end();
    await stage.close();
  });
  const [first, second] = stage.replicas;
  assert.ok(first && second);
  await first.stop();
  await other.connect();
  await other.query('BEGIN; SELECT 1 FROM notifierd.lane FOR UPDATE');
  const starting = second.start();
  await eventually('it waits for them', async () => {
    const [row] = await stage.query(
      "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    );
    return row?.waiting === 1;
  });
  // Longer than any statement of its may take.
  await sleep(LEASE_MS / 2);
  await other.query('ROLLBACK');
  await starting;
  await postAlert(second, 'late', 'r0');
  await shownOnce(stage, ['late'], 10_000);
});
