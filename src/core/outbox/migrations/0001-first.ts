/** The first tables of the outbox. A migration that was released never changes: later needs get a migration of their own. */
import { type Kysely, sql } from 'kysely';
import { bytesColumn, idColumn, inKeyOrder, keepTablesLean } from './engine-differences.ts';
import { createLaneTables } from './lane-tables.ts';
import { createMoveTable } from './move-table.ts';

/** Creates everything of schema version 1. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createLaneTables(db);

  await db.schema
    .createTable('notification')
    .addColumn('id', ...idColumn(db))
    .addColumn('uuid', 'text', (column) => column.notNull())
    .addColumn('source', 'text')
    .addColumn('head', 'text', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('pending', 'integer', (column) => column.notNull())
    .addColumn('settled_at', 'bigint')
    .execute();
  await db.schema
    .createIndex('notification_settled')
    .on('notification')
    .column('settled_at')
    .where('settled_at' as never, 'is not', null) // the schema builder is not typed for an unknown database
    .execute();

  await db.schema
    .createTable('piece')
    .addColumn('id', ...idColumn(db))
    .addColumn('notification_id', 'bigint', (column) => column.notNull())
    .addColumn('first_number', 'bigint', (column) => column.notNull())
    .addColumn('fingerprints', 'text', (column) => column.notNull())
    // The last: whoever needs only the others reads none of its pages.
    .addColumn('alerts', bytesColumn(db), (column) => column.notNull())
    .execute();
  await db.schema.createIndex('piece_notification').on('piece').column('notification_id').execute();

  await db.schema
    .createTable('run')
    .addColumn('lane_id', 'bigint', (column) => column.notNull())
    .addColumn('rank', 'integer', (column) => column.notNull())
    .addColumn('piece_id', 'bigint', (column) => column.notNull())
    .addColumn('first', 'integer', (column) => column.notNull())
    .addColumn('last', 'integer', (column) => column.notNull())
    .addColumn('waiting_since', 'bigint', (column) => column.notNull())
    .addColumn('mends', 'text')
    .addColumn('at_most', 'integer')
    .addColumn('fallback_of', 'bigint')
    .addColumn('handed_to', 'bigint')
    .addPrimaryKeyConstraint('run_order', ['lane_id', 'rank', 'piece_id', 'first'])
    .$call(inKeyOrder(db))
    .execute();
  await db.schema
    .createIndex('run_handed')
    .on('run')
    .columns(['handed_to', 'piece_id'])
    .where('handed_to' as never, 'is not', null) // as above
    .execute();

  await db.schema
    .createTable('message')
    .addColumn('id', ...idColumn(db))
    .addColumn('uuid', 'text', (column) => column.notNull())
    .addColumn('lane_id', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('form', 'text', (column) => column.notNull())
    .addColumn('mends', 'text', (column) => column.notNull())
    .addColumn('events', 'integer', (column) => column.notNull())
    .addColumn('oldest_at', 'bigint', (column) => column.notNull())
    .addColumn('sealed_at', 'bigint', (column) => column.notNull())
    .addColumn('settled_at', 'bigint')
    .addColumn('retry_at', 'bigint', (column) => column.notNull())
    .addColumn('retry_set_at', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('pace_key', 'text', (column) => column.notNull())
    .addColumn('own_failures', 'integer', (column) => column.notNull())
    .addColumn('failed_after', 'bigint')
    .addColumn('last_attempt', 'bigint')
    .addColumn('ambiguous', 'integer', (column) => column.notNull())
    .addColumn('expired_told', 'integer', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('detail', 'text')
    .addColumn('body', bytesColumn(db), (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('message_unsettled')
    .on('message')
    .columns(['lane_id', 'state', 'retry_at'])
    .where('settled_at' as never, 'is', null) // as above
    .execute();
  await db.schema
    .createIndex('message_settled')
    .on('message')
    .columns(['state', 'settled_at'])
    .where('settled_at' as never, 'is not', null) // as above
    .execute();
  await db.schema
    .createIndex('message_dead')
    .on('message')
    .columns(['lane_id', 'settled_at'])
    .where('state' as never, '=', sql.lit('dead')) // as above
    .execute();

  await db.schema
    .createTable('message_part')
    .addColumn('message_id', 'bigint', (column) => column.notNull())
    .addColumn('ordinal', 'integer', (column) => column.notNull())
    .addColumn('rank', 'integer', (column) => column.notNull())
    .addColumn('piece_id', 'bigint', (column) => column.notNull())
    .addColumn('first', 'integer', (column) => column.notNull())
    .addColumn('last', 'integer', (column) => column.notNull())
    .addColumn('waiting_since', 'bigint', (column) => column.notNull())
    .addColumn('fallback_of', 'bigint')
    .addColumn('handed_to', 'bigint')
    .addPrimaryKeyConstraint('message_part_order', ['message_id', 'ordinal'])
    .$call(inKeyOrder(db))
    .execute();
  await db.schema.createIndex('message_part_piece').on('message_part').column('piece_id').execute();

  await db.schema
    .createTable('attempt')
    .addColumn('id', ...idColumn(db))
    .addColumn('message_id', 'bigint', (column) => column.notNull())
    .addColumn('lane_id', 'bigint', (column) => column.notNull())
    .addColumn('pace_key', 'text', (column) => column.notNull())
    .addColumn('uuid', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('paced_at', 'bigint', (column) => column.notNull())
    .addColumn('month', 'text')
    .addColumn('ended_at', 'bigint')
    .addColumn('outcome', 'text')
    .addColumn('reason', 'text')
    .addColumn('detail', 'text')
    .execute();
  await db.schema.createIndex('attempt_pace').on('attempt').columns(['pace_key', 'id']).execute();
  await db.schema.createIndex('attempt_paced_at').on('attempt').columns(['pace_key', 'paced_at']).execute();
  await db.schema.createIndex('attempt_message').on('attempt').column('message_id').execute();
  await db.schema
    .createIndex('attempt_under_way')
    .on('attempt')
    .column('lane_id')
    .where('ended_at' as never, 'is', null) // as above
    .execute();

  await db.schema
    .createTable('set_aside_alert')
    .addColumn('lane_id', 'bigint', (column) => column.notNull())
    .addColumn('alert', 'text', (column) => column.notNull())
    .addColumn('message_id', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('set_aside_alert_key', ['lane_id', 'alert', 'message_id'])
    .execute();
  await db.schema.createIndex('set_aside_alert_message').on('set_aside_alert').column('message_id').execute();

  await db.schema
    .createTable('month_calls')
    .addColumn('month', 'text', (column) => column.primaryKey())
    .addColumn('calls', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('group_memory')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('memory', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('group_memory_updated').on('group_memory').column('updated_at').execute();

  await db.schema
    .createTable('heartbeat')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('heard_at', 'bigint', (column) => column.notNull())
    .execute();

  await createMoveTable(db);
  await keepTablesLean(db, {
    updated: ['lane', 'lane_credential', 'replica', 'month_calls', 'heartbeat'],
    comingAndGoing: ['run', 'message', 'attempt', 'notification', 'group_memory'],
  });
}
