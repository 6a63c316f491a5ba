/** prune(): retention. Works in small batches, so that it never holds up an append for long. */
import type { MessageState, PruneRequest } from '../contract.ts';
import type { Database } from './database.ts';
import { partsOf, releaseNotifications } from './parts.ts';

/** How long a stream of notifications that has gone quiet is remembered: at least as long as any of its alerts (stream-memory.ts). */
const FORGET_GROUP_AFTER_MS = 30 * 24 * 3_600_000;

/** Longer than any month: one that still counts has a call or is empty. */
const FORGET_MONTH_AFTER_MS = 62 * 24 * 3_600_000;

/** What a message is when it holds no event any more: a record of what was. */
const HISTORY: readonly MessageState[] = ['delivered', 'voided', 'revived', 'dropped'];

/** See Outbox.prune(). */
export async function prune(
  db: Database,
  { settledBefore, deadBefore, batch }: PruneRequest,
): Promise<number> {
  const messages: { id: number; state: string }[] = [];
  for (const state of HISTORY)
    messages.push(...(await settledMessages(db, { state, before: settledBefore, batch })));
  messages.push(...(await settledMessages(db, { state: 'dead', before: deadBefore, batch })));
  for (const { id, state } of messages) {
    if (state === 'dead') {
      const parts = await partsOf(db, id);
      await releaseNotifications(db, parts, deadBefore);
    }
  }
  const ids = messages.map((message) => message.id);
  if (ids.length > 0) {
    await db.deleteFrom('attempt').where('message_id', 'in', ids).execute();
    await db.deleteFrom('message_part').where('message_id', 'in', ids).execute();
    await db.deleteFrom('message').where('id', 'in', ids).execute();
  }
  return (
    ids.length +
    (await pruneNotifications(db, settledBefore, batch)) +
    (await pruneMemories(db, settledBefore, batch)) +
    (await pruneMonths(db, settledBefore))
  );
}

async function settledMessages(
  db: Database,
  { state, before, batch }: { state: MessageState; before: number; batch: number },
): Promise<{ id: number; state: string }[]> {
  return await db
    .selectFrom('message')
    .select(['id', 'state'])
    .where('state', '=', state)
    .where('settled_at', 'is not', null)
    .where('settled_at', '<', before)
    .orderBy('settled_at')
    .limit(batch)
    .execute();
}

async function pruneNotifications(db: Database, before: number, batch: number): Promise<number> {
  const rows = await db
    .selectFrom('notification')
    .select('id')
    .where('settled_at', 'is not', null)
    .where('settled_at', '<', before)
    .orderBy('settled_at')
    .limit(batch)
    .execute();
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return 0;
  await db.deleteFrom('piece').where('notification_id', 'in', ids).execute();
  await db.deleteFrom('notification').where('id', 'in', ids).execute();
  return ids.length;
}

async function pruneMemories(db: Database, before: number, batch: number): Promise<number> {
  const rows = await db
    .selectFrom('group_memory')
    .select('id')
    .where('updated_at', '<', before - FORGET_GROUP_AFTER_MS)
    .limit(batch)
    .execute();
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return 0;
  await db.deleteFrom('group_memory').where('id', 'in', ids).execute();
  return ids.length;
}

async function pruneMonths(db: Database, before: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('month_calls')
    .where('updated_at', '<', before - FORGET_MONTH_AFTER_MS)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
