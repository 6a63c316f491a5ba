/**
 * What an outbox says of its own move to another place: the source since before anything was copied, the destination from the commit
 * that brought everything, both under one id. So a move that was interrupted can be seen through, and nothing is told from both places.
 */
import { NotifierdError } from '../../errors.ts';
import type { Database } from '../operations/database.ts';

/**
 * `moving`: perhaps everything is at the other place already; `moved`: it is, and nothing here is to be worked on any more; `arrived`:
 * everything here came from there.
 */
export type MoveState = 'moving' | 'moved' | 'arrived';

/** A move, as one of its two places knows it. */
export interface MoveMarker {
  readonly id: string;
  readonly state: MoveState;
  /** The other place, for people. */
  readonly place: string;
}

/** `undefined` if the outbox was never moved, or a move has come to nothing. */
export async function readMarker(db: Database): Promise<MoveMarker | undefined> {
  const row = await db.selectFrom('move').selectAll().executeTakeFirst();
  // Only writeMarker() writes this table.
  return row && { ...row, state: row.state as MoveState };
}

/** In place of the one that is there. */
export async function writeMarker(db: Database, marker: MoveMarker): Promise<void> {
  await db
    .insertInto('move')
    .values(marker)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(marker))
    .execute();
}

/** A move that has not been seen through is none any more: what is done here from now on would be missing at the other place. */
export async function giveUpMove(db: Database): Promise<void> {
  const state: MoveState = 'moving';
  await db.deleteFrom('move').where('state', '=', state).execute();
}

/** Throws `outbox_moved` if everything in this file is at another place now. */
export async function refuseMoved(db: Database, file: string): Promise<void> {
  const marker = await readMarker(db);
  if (marker?.state !== 'moved') return;
  throw new NotifierdError(
    'outbox_moved',
    `${file} was moved to ${marker.place}`,
    'name that place in outbox.url: whatever waited here, waits there',
  );
}
