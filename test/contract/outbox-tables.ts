/** All that an outbox has stored, row by row: for tests that something changes nothing, or the same as something else. */
import type { Kysely } from 'kysely';
import type { OutboxTables } from '../../src/core/outbox/schema.ts';

const TABLES = [
  'lane',
  'lane_link',
  'replica',
  'heartbeat',
  'lane_credential',
  'month_calls',
  'notification',
  'piece',
  'run',
  'message',
  'message_part',
  'attempt',
  'set_aside_alert',
  'group_memory',
] as const satisfies readonly (keyof OutboxTables)[];

/** The rows of each table, in the order in which SQLite keeps them; bytes as text, because the engines give them in different classes. */
export async function readTables(db: Kysely<OutboxTables>): Promise<Record<string, readonly unknown[]>> {
  const tables: Record<string, readonly unknown[]> = {};
  for (const table of TABLES)
    tables[table] = (await db.selectFrom(table).selectAll().execute()).map(withBytesAsText);
  return tables;
}

function withBytesAsText(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ]),
  );
}
