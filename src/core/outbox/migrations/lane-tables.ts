/** The tables of lanes: part of the first migration, which never changes once it was released. */
import type { Kysely } from 'kysely';
import { idColumn } from './engine-differences.ts';

/** Lanes, who drains them, and the credentials that they send under. */
export async function createLaneTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('lane')
    .addColumn('id', ...idColumn(db))
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('plugin', 'text', (column) => column.notNull())
    .addColumn('config_hash', 'text', (column) => column.notNull())
    .addColumn('waiting', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('last_success_at', 'bigint')
    .addColumn('last_critical_at', 'bigint')
    .addColumn('storm_parts', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('expired_untold', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('trouble', 'text')
    .addColumn('trouble_since', 'bigint')
    .addColumn('trouble_ended_at', 'bigint')
    .addColumn('trouble_failures', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('trouble_reason', 'text')
    .addColumn('trouble_detail', 'text')
    .addColumn('deliveries', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('doubted_failures', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('doubted_refusals', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('retry_at', 'bigint')
    .addColumn('retry_set_at', 'bigint')
    .addColumn('owner', 'text')
    .addColumn('epoch', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('lease_until', 'bigint')
    .addColumn('free_at', 'bigint')
    .execute();

  await db.schema
    .createTable('replica')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('lanes', 'text', (column) => column.notNull())
    .addColumn('gone_at', 'bigint', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('lane_link')
    .addColumn('lane_id', 'bigint', (column) => column.notNull())
    .addColumn('fallback_id', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('lane_link_key', ['lane_id', 'fallback_id'])
    .execute();

  await db.schema
    .createTable('lane_credential')
    .addColumn('lane_id', 'bigint', (column) => column.notNull())
    .addColumn('pace_key', 'text', (column) => column.notNull())
    .addColumn('hold', 'text')
    .addColumn('hold_scope', 'text')
    .addColumn('hold_reason', 'text')
    .addColumn('hold_detail', 'text')
    .addColumn('hold_since', 'bigint')
    .addColumn('hold_until', 'bigint')
    .addColumn('hold_count', 'integer', (column) => column.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('lane_credential_key', ['lane_id', 'pace_key'])
    .execute();
}
