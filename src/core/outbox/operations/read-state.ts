/** readState(): what a stream of notifications last said of one alert. */
import { decodeMemory } from '../repeats.ts';
import type { Database } from './database.ts';

/** See Outbox.readState(). */
export async function readState(
  db: Database,
  { groupId, fingerprint }: { readonly groupId: string; readonly fingerprint: string },
): Promise<string | undefined> {
  const stored = await db
    .selectFrom('group_memory')
    .select('memory')
    .where('id', '=', groupId)
    .executeTakeFirst();
  return stored === undefined ? undefined : decodeMemory(stored.memory).alerts.get(fingerprint)?.state;
}
