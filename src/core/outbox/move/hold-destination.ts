/** The destination of a move before anything is copied: empty and nobody else's, or everything is there already. */
import { sql } from 'kysely';
import { NotifierdError } from '../../errors.ts';
import type { Database } from '../operations/database.ts';
import type { PostgresAddress } from '../postgres/address.ts';
import { describeAddress } from '../postgres/describe-address.ts';
import { StatementError } from '../postgres/faults.ts';
import { readMarker } from './marker.ts';
import { TABLE_MOVES } from './moved-tables.ts';

/** Which move leads where. */
export interface Arrival {
  readonly id: string;
  readonly address: PostgresAddress;
}

/** `empty`: and until the transaction ends nobody else reads or writes there; `arrived`: the move of this id has brought everything. */
export type Held = 'empty' | 'arrived';

/** `lock_not_available` and `deadlock_detected`: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const IN_USE = ['55P03', '40P01'];

/** In a transaction that has just begun. Throws `outbox_not_empty` or `outbox_in_use`. */
export async function holdDestination(db: Database, arrival: Arrival): Promise<Held> {
  // Before the lock: replicas that are at work there keep it, and more can be said of it than that.
  if ((await look(db, arrival)) === 'arrived') return 'arrived';
  await lock(db, arrival);
  return await look(db, arrival);
}

async function look(db: Database, { id, address }: Arrival): Promise<Held> {
  const marker = await readMarker(db);
  if (marker?.id === id) return 'arrived';
  for (const { table } of TABLE_MOVES) {
    const row = await db.selectFrom(table).select(sql.lit(1).as('found')).limit(1).executeTakeFirst();
    if (row !== undefined) throw notEmpty(address, table, marker?.place);
  }
  return 'empty';
}

async function lock(db: Database, { address }: Arrival): Promise<void> {
  const tables = [...TABLE_MOVES.map(({ table }) => table), 'replica', 'move'];
  try {
    await sql`set local lock_timeout to '10s'`.execute(db);
    await sql`lock table ${sql.join(tables.map((table) => sql.table(table)))} in access exclusive mode`.execute(
      db,
    );
  } catch (error) {
    if (!(error instanceof StatementError) || !IN_USE.includes(error.code ?? '')) throw error;
    throw new NotifierdError(
      'outbox_in_use',
      `${describeAddress(address)} is in use by another notifierd`,
      'stop all replicas that work there, and run it again',
    );
  }
}

function notEmpty(address: PostgresAddress, table: string, from: string | undefined): NotifierdError {
  const origin = from === undefined ? '' : `; what it holds came from ${from} in another move`;
  return new NotifierdError(
    'outbox_not_empty',
    `${describeAddress(address)} is in use as an outbox already: there are rows in its table ${table}${origin}`,
    'name another schema with --to-schema; or, if nothing there is needed, stop all replicas and drop that schema',
  );
}
