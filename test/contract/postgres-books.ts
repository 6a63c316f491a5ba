/** Whether the counters of an outbox on PostgreSQL say what its rows say, whoever has worked on it at the same time. */
import assert from 'node:assert/strict';
import type { PostgresStore } from './postgres-steps.ts';

/** Fails with the rows that do not balance. */
export async function assertBooks(store: PostgresStore): Promise<void> {
  assert.deepEqual(await store.query(LANES), [], 'lanes that count other events than they hold');
  assert.deepEqual(
    await store.query(NOTIFICATIONS),
    [],
    'notifications that count other events than are held',
  );
  assert.deepEqual(await store.query(TWICE), [], 'events that a lane holds twice');
}

const LANES = `
  select name, waiting, held from (
    select name, waiting,
      (select coalesce(sum(last - first + 1), 0) from run where lane_id = lane.id) +
      (select coalesce(sum(events), 0) from message where lane_id = lane.id and settled_at is null) as held
    from lane
  ) as books where waiting <> held`;

/** What lanes hold, piece by piece; a dead letter is held until it is dropped. */
const HELD = `
  select lane_id, piece_id, first, last from run
  union all
  select lane_id, piece_id, first, last from message_part join message on message.id = message_id
  where state in ('open', 'aside', 'dead')`;

const NOTIFICATIONS = `
  select id, pending, held, settled_at from (
    select id, pending, settled_at, (
      select coalesce(sum(last - first + 1), 0) from (${HELD}) as held join piece on piece.id = piece_id
      where notification_id = notification.id
    ) as held
    from notification
  ) as books where pending <> held or (pending = 0) <> (settled_at is not null)`;

const TWICE = `
  select lane_id, piece_id, event from (${HELD}) as held, generate_series(first, last) as event
  group by 1, 2, 3 having count(*) > 1`;
