/** Opens the SQLite outbox that is to be moved: alone, as the daemon does, but only if there is one. */
import { existsSync } from 'node:fs';
import { Kysely } from 'kysely';
import { NotifierdError } from '../../errors.ts';
import { migrate } from '../migrations/index.ts';
import type { OutboxTables } from '../schema.ts';
import { createSqliteDialect } from '../sqlite/dialect.ts';
import { openBesideDaemon, openDatabase } from '../sqlite/open-database.ts';
import { toSourceError } from './faults.ts';

/** An outbox that nobody else works on. */
export interface OpenSource {
  readonly db: Kysely<OutboxTables>;
  /** Lets others in again. */
  close(): Promise<void>;
}

/** Brings an older one up to date, as serve would. Rejects with a NotifierdError: none there, in use, not readable. */
export async function openSource(file: string): Promise<OpenSource> {
  try {
    requireOutbox(file);
    const { database, release } = openDatabase(file);
    const db = new Kysely<OutboxTables>({ dialect: createSqliteDialect(database) });
    const close = async (): Promise<void> => {
      await db.destroy();
      release();
    };
    try {
      await migrate(db);
      return { db, close };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    throw toSourceError(error, file);
  }
}

/** Looked at before anything is created, locked or migrated: the name may be mistaken. */
function requireOutbox(file: string): void {
  if (!existsSync(file)) throw missing(`there is no file ${file}`);
  const database = openBesideDaemon(file);
  try {
    const found = database
      .prepare("select 1 from sqlite_schema where type = 'table' and name = 'lane'")
      .get();
    if (found !== undefined) return;
  } finally {
    database.close();
  }
  throw missing(`there is no outbox of notifierd in ${file}`);
}

function missing(message: string): NotifierdError {
  const hint = 'name the file that notifierd serve works on; a relative name begins in this directory';
  return new NotifierdError('outbox_missing', message, hint);
}
