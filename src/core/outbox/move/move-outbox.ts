/**
 * Moves an outbox from SQLite to PostgreSQL: what waits, the history, and all that is remembered, with its ids. One transaction there, so
 * that everything has arrived or nothing; a marker here (marker.ts), so that a run that was killed can be made again at any time.
 */
import { sql } from 'kysely';
import type { Clock } from '../../clock.ts';
import type { Database } from '../operations/database.ts';
import type { Connection } from '../postgres/connections.ts';
import { describeAddress } from '../postgres/describe-address.ts';
import { type Census, requireSame, takeCensus, totalRows } from './census.ts';
import { continueIds, copyRows } from './copy-table.ts';
import { type MoveWay, movedElsewhere, notMarked, stopped, toMoveError, unknownEnd } from './faults.ts';
import { holdDestination } from './hold-destination.ts';
import { giveUpMove, type MoveMarker, readMarker, writeMarker } from './marker.ts';
import { TABLE_MOVES } from './moved-tables.ts';
import { type OpenDestination, openDestination } from './open-destination.ts';
import { openSource } from './open-source.ts';
import { requireSameVersion } from './same-version.ts';

/** From where to where, and who hears of it. */
export interface MoveOptions extends MoveWay {
  /** A new id, in case this move begins here. */
  readonly id: string;
  readonly clock: Clock;
  /** Ends it: then nothing was moved. */
  readonly signal: AbortSignal;
  readonly observer: MoveObserver;
}

/** Hears how a move goes on. */
export interface MoveObserver {
  /** Somebody else prepares or fills that schema. */
  waits(): void;
  begins(census: Census): void;
  /** So many rows of all were copied. */
  copied(rows: number, all: number): void;
}

/** How it ended. */
export interface Moved {
  /** `moved_before`: an earlier run had brought everything; this one had at most to say so in the source. */
  readonly kind: 'moved' | 'moved_before';
  /** Of the source. */
  readonly census: Census;
}

/** Rejects with a NotifierdError that says what is in the way. Then source and destination are as before, unless it says otherwise. */
export async function moveOutbox(options: MoveOptions): Promise<Moved> {
  const { file, address } = options;
  const source = await openSource(file);
  try {
    const known = await readMarker(source.db);
    if (known !== undefined && known.place !== describeAddress(address)) throw movedElsewhere(file, known);
    if (known?.state === 'moved') return { kind: 'moved_before', census: await takeCensus(source.db) };
    const destination = await openDestination(options, options.observer.waits);
    try {
      // One connection to the source: what is read of it and written to it is a transaction.
      return await source.db
        .connection()
        .execute(async (db) => await moveBetween({ db, destination, known }, options));
    } finally {
      await destination.close();
    }
  } finally {
    await source.close();
  }
}

interface Between {
  readonly db: Database;
  readonly destination: OpenDestination;
  /** What an earlier run has left. */
  readonly known: MoveMarker | undefined;
}

async function moveBetween(
  { db, destination: { connection }, known }: Between,
  options: MoveOptions,
): Promise<Moved> {
  const { address } = options;
  const marker: MoveMarker = known ?? { id: options.id, state: 'moving', place: describeAddress(address) };
  try {
    await connection.command('begin');
    const held = await holdDestination(connection.db, { id: marker.id, address });
    if (held === 'arrived') {
      await connection.command('rollback');
      await lockSource(db);
      const census = await takeCensus(db);
      await finish(db, marker, options);
      return { kind: 'moved_before', census };
    }
    await requireSameVersion(db, connection.db);
    await writeMarker(db, marker);
  } catch (error) {
    throw toMoveError(error, options);
  }
  const census = await copyAll({ db, connection, marker }, options);
  try {
    await connection.command('commit');
  } catch (error) {
    throw unknownEnd(error, options);
  }
  await finish(db, marker, options);
  return { kind: 'moved', census };
}

interface Copying {
  readonly db: Database;
  readonly connection: Connection;
  readonly marker: MoveMarker;
}

/** Leaves both transactions open; after a failure, neither, and no marker. */
async function copyAll({ db, connection, marker }: Copying, options: MoveOptions): Promise<Census> {
  const { file, signal, observer } = options;
  try {
    await lockSource(db);
    const census = await takeCensus(db);
    observer.begins(census);
    let copied = 0;
    const way = {
      source: db,
      destination: connection.db,
      onRows(count: number) {
        if (signal.aborted) throw stopped();
        copied += count;
        observer.copied(copied, totalRows(census));
      },
    };
    for (const tableMove of TABLE_MOVES) {
      await copyRows(tableMove, way);
      await continueIds(tableMove, way);
    }
    await writeMarker(connection.db, { id: marker.id, state: 'arrived', place: file });
    requireSame(census, await takeCensus(connection.db));
    // Without statistics, the first queries there would read whole tables.
    await sql`analyze ${sql.join(TABLE_MOVES.map(({ table }) => sql.table(table)))}`.execute(connection.db);
    if (signal.aborted) throw stopped();
    return census;
  } catch (error) {
    // A connection that is gone has rolled back already, and a disk that is full may have.
    await connection.command('rollback').catch(() => undefined);
    await sql
      .raw('rollback')
      .execute(db)
      .catch(() => undefined);
    await giveUpMove(db).catch(() => undefined);
    throw toMoveError(error, options);
  }
}

/** Commands such as `dead-letters retry` do not ask for the daemon's lock: they have to wait until the mark is made. */
async function lockSource(db: Database): Promise<void> {
  await sql.raw('begin immediate').execute(db);
}

/** Ends lockSource(). */
async function finish(db: Database, marker: MoveMarker, way: MoveWay): Promise<void> {
  try {
    await writeMarker(db, { ...marker, state: 'moved' });
    await sql.raw('commit').execute(db);
  } catch (error) {
    throw notMarked(error, way);
  }
}
