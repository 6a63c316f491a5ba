/** readState(): what a stream of notifications last said of one alert. */
import type { RememberedState } from '../contract.ts';
import { decodeMemory } from '../stream-memory.ts';
import type { Database } from './database.ts';

/** See Outbox.readState(). */
export async function readState(
  db: Database,
  { groupId, fingerprint }: { readonly groupId: string; readonly fingerprint: string },
): Promise<RememberedState | undefined> {
  const stored = await db
    .selectFrom('group_memory')
    .select('memory')
    .where('id', '=', groupId)
    .executeTakeFirst();
  const alert = stored && decodeMemory(stored.memory).alerts.get(fingerprint);
  return alert && { firing: alert.firing, startsAt: alert.startsAt };
}
