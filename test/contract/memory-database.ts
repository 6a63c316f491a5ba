/** An outbox in memory, for tests that call its operations themselves. */
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { migrate } from '../../src/core/outbox/migrations/index.ts';
import type { OutboxTables } from '../../src/core/outbox/schema.ts';
import { createSqliteDialect } from '../../src/core/outbox/sqlite/dialect.ts';

/** The tables, empty. To be destroyed by who opened it. */
export async function openMemoryDatabase(): Promise<Kysely<OutboxTables>> {
  const db = new Kysely<OutboxTables>({ dialect: createSqliteDialect(new DatabaseSync(':memory:')) });
  await migrate(db);
  return db;
}
