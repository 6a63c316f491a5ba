/** What an outbox holds, in numbers: for people, and to compare what arrived with what was sent. */
import { sql } from 'kysely';
import { NotifierdError } from '../../errors.ts';
import type { Database } from '../operations/database.ts';
import { type MovedTable, TABLE_MOVES } from './moved-tables.ts';

/** Counts of one outbox at one time. */
export interface Census {
  /** By table. */
  readonly rows: ReadonlyMap<MovedTable, number>;
  /** In the order of their names. */
  readonly lanes: readonly LaneCensus[];
  readonly deadLetters: number;
}

/** How much waits in a lane. */
export interface LaneCensus {
  readonly name: string;
  /** Events, by the lane's own counter. */
  readonly waiting: number;
  /** Events in runs, and in messages that are not settled. */
  readonly unsealed: number;
  readonly sealed: number;
}

/** Counts everything. Nobody may write meanwhile. */
export async function takeCensus(db: Database): Promise<Census> {
  const rows = new Map<MovedTable, number>();
  for (const { table } of TABLE_MOVES) rows.set(table, await countRows(db, table));
  const { rows: lanes } = await sql<LaneCensus>`
    select name, waiting,
      (select coalesce(sum(run.last - run.first + 1), 0) from run where run.lane_id = lane.id) as unsealed,
      (select coalesce(sum(message.events), 0) from message
        where message.lane_id = lane.id and message.settled_at is null) as sealed
    from lane`.execute(db);
  const { rows: dead } = await sql<{ count: number }>`
    select count(*) as count from message where state = 'dead' and settled_at is not null`.execute(db);
  return {
    rows,
    // The engines do not sort alike.
    lanes: lanes.map((lane) => ({ ...lane })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    deadLetters: dead[0]?.count ?? 0,
  };
}

/** Rows of all tables. */
export function totalRows({ rows }: Census): number {
  return [...rows.values()].reduce((sum, count) => sum + count, 0);
}

/** Throws `move_incomplete`, and says in which table or lane, unless both hold the same. */
export function requireSame(source: Census, destination: Census): void {
  const difference =
    firstDifference(source.rows, destination.rows) ??
    firstDifference(countsByLane(source), countsByLane(destination));
  if (difference === undefined) return;
  const { name, left, arrived } = difference;
  throw new NotifierdError(
    'move_incomplete',
    `nothing was moved: of ${name}, the source has ${left ?? 'nothing'} and ${arrived ?? 'nothing'} would have arrived`,
    'this is a bug of notifierd: please report it; the source is as it was',
  );
}

async function countRows(db: Database, table: MovedTable): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

function countsByLane({ lanes }: Census): ReadonlyMap<string, string> {
  return new Map(
    lanes.map(({ name, waiting, unsealed, sealed }) => [
      `lane ${name}`,
      `${waiting} waiting events (${unsealed} in runs, ${sealed} in messages)`,
    ]),
  );
}

interface Difference {
  readonly name: string;
  readonly left: unknown;
  readonly arrived: unknown;
}

function firstDifference(
  source: ReadonlyMap<string, unknown>,
  destination: ReadonlyMap<string, unknown>,
): Difference | undefined {
  const names = [...new Set([...source.keys(), ...destination.keys()])];
  const name = names.find((one) => source.get(one) !== destination.get(one));
  return name === undefined ? undefined : { name, left: source.get(name), arrived: destination.get(name) };
}
