/** Heartbeats: when one was last heard, by whichever replica. */
import type { Database } from './database.ts';

/** See Outbox.noteHeartbeat(). */
export async function noteHeartbeat(
  db: Database,
  { id, at }: { readonly id: string; readonly at: number },
): Promise<void> {
  await db
    .insertInto('heartbeat')
    .values({ id, heard_at: at })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ heard_at: at }))
    .execute();
}

/** See Outbox.readHeartbeat(). */
export async function readHeartbeat(
  db: Database,
  { id }: { readonly id: string },
): Promise<number | undefined> {
  const heartbeat = await db
    .selectFrom('heartbeat')
    .select('heard_at')
    .where('id', '=', id)
    .executeTakeFirst();
  return heartbeat?.heard_at;
}
