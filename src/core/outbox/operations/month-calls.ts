/** The calls of an organization's month: counted with the start of each attempt, and taken back if the vendor does not count it. */
import type { Database } from './database.ts';

/** See Outbox.readMonthCalls(). */
export async function readMonthCalls(db: Database, months: readonly string[]): Promise<Map<string, number>> {
  if (months.length === 0) return new Map();
  const rows = await db
    .selectFrom('month_calls')
    .select(['month', 'calls'])
    .where('month', 'in', [...months])
    .execute();
  return new Map(rows.map(({ month, calls }) => [month, calls]));
}

/** Counts a call; answers how many there are now. */
export async function countCall(db: Database, month: string, at: number): Promise<number> {
  const { calls } = await db
    .insertInto('month_calls')
    .values({ month, calls: 1, updated_at: at })
    .onConflict((conflict) =>
      conflict
        .column('month')
        .doUpdateSet((eb) => ({ calls: eb('month_calls.calls', '+', 1), updated_at: at })),
    )
    .returning('calls')
    .executeTakeFirstOrThrow();
  return calls;
}

/** Takes a call back. */
export async function uncountCall(db: Database, month: string): Promise<void> {
  await db
    .updateTable('month_calls')
    .set((eb) => ({ calls: eb('calls', '-', 1) }))
    .where('month', '=', month)
    .where('calls', '>', 0)
    .execute();
}
