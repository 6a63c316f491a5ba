/** What is remembered of each group of alerts (stream-memory.ts), read and written for all notifications of a batch at once. */
import type { NewNotification } from '../contract.ts';
import { decodeMemory, EMPTY_MEMORY, encodeMemory, type StreamMemory } from '../stream-memory.ts';
import type { Database } from './database.ts';
import { runKept, valuesOf } from './kept-statements.ts';
import { inChunks } from './rows.ts';

/** What is remembered of the groups of these notifications; of those that are new, nothing. */
export async function readMemories(
  db: Database,
  notifications: readonly NewNotification[],
): Promise<Map<string, StreamMemory>> {
  const ids = [...new Set(notifications.map(({ repeat }) => repeat.groupId))];
  const memories = new Map<string, StreamMemory>();
  for (const chunk of inChunks(ids)) {
    const rows = await runKept(db, `memories ${chunk.length}`, {
      build: () => db.selectFrom('group_memory').select(['id', 'memory']).where('id', 'in', chunk).compile(),
      parameters: chunk,
    });
    for (const { id, memory } of rows) memories.set(id, decodeMemory(memory));
  }
  return memories;
}

/** Keeps the memories of the groups that were told something, each with when that was. */
export async function writeMemories(
  db: Database,
  memories: ReadonlyMap<string, StreamMemory>,
  updatedAt: ReadonlyMap<string, number>,
): Promise<void> {
  const rows = [...updatedAt].sort(byId).map(([id, updated_at]) => ({
    id,
    memory: encodeMemory(memories.get(id) ?? EMPTY_MEMORY),
    updated_at,
  }));
  for (const chunk of inChunks(rows)) {
    await runKept(db, `remember ${chunk.length}`, {
      build: () =>
        db
          .insertInto('group_memory')
          .values(chunk)
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet((eb) => ({
              memory: eb.ref('excluded.memory'),
              updated_at: eb.ref('excluded.updated_at'),
            })),
          )
          .compile(),
      parameters: valuesOf(chunk),
    });
  }
}

/** Where several writers are at work, they take rows in one order. */
function byId([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
