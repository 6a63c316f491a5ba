/** Which tables move from one engine to the other, and how. */
import type { OutboxTables } from '../schema.ts';

/** A table whose rows move. Replicas stay behind: they are at work on the source, or were. */
export type MovedTable = Exclude<keyof OutboxTables, 'replica' | 'move'>;

/** What copying a table must know. */
export interface TableMove {
  readonly table: MovedTable;
  /** The columns of its primary key. */
  readonly key: readonly string[];
  /** The database gives the ids of new rows: they go on behind the highest there ever was. */
  readonly givesIds?: true;
  /** Not copied: new rows have the column's default. */
  readonly leaves?: readonly string[];
}

/** All of them; those that tell an empty outbox from another come first. */
export const TABLE_MOVES: readonly TableMove[] = Object.values({
  // Who drains a lane, and until when, is decided anew.
  lane: { table: 'lane', key: ['id'], givesIds: true, leaves: ['owner', 'lease_until', 'free_at'] },
  notification: { table: 'notification', key: ['id'], givesIds: true },
  message: { table: 'message', key: ['id'], givesIds: true },
  lane_link: { table: 'lane_link', key: ['lane_id', 'fallback_id'] },
  lane_credential: { table: 'lane_credential', key: ['lane_id', 'pace_key'] },
  heartbeat: { table: 'heartbeat', key: ['id'] },
  month_calls: { table: 'month_calls', key: ['month'] },
  piece: { table: 'piece', key: ['id'], givesIds: true },
  run: { table: 'run', key: ['lane_id', 'rank', 'piece_id', 'first'] },
  message_part: { table: 'message_part', key: ['message_id', 'ordinal'] },
  attempt: { table: 'attempt', key: ['id'], givesIds: true },
  set_aside_alert: { table: 'set_aside_alert', key: ['lane_id', 'alert', 'message_id'] },
  group_memory: { table: 'group_memory', key: ['id'] },
} as const satisfies { readonly [Table in MovedTable]: TableMove & { readonly table: Table } });
