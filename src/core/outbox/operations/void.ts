/** Voiding a seal: the events of a message that nobody has seen wait again, at their old places in the order. */
import type { Expression, ExpressionBuilder, Selectable, SqlBool } from 'kysely';
import type { UnsealRequest } from '../contract.ts';
import type { LaneTable, OutboxTables, RunTable } from '../schema.ts';
import { type Database, leasedLane } from './database.ts';
import { partsOf } from './parts.ts';
import { insertRuns } from './runs.ts';
import { dropToldElsewhere } from './told-once.ts';

/** See Outbox.unseal(). */
export async function unseal(db: Database, request: UnsealRequest): Promise<void> {
  const { message, at } = request;
  const lane = await leasedLane(db, request, at);
  const found = await db
    .selectFrom('message')
    .select('id')
    .where('id', '=', message)
    .where(isUnseen)
    .executeTakeFirst();
  if (found === undefined) return;
  const mends = { mends: null, at_most: null };
  await voidMessage(db, { lane, message, mends, at });
}

/** Nobody can have seen the message, and nobody is sending it: it may be composed anew. */
export function isUnseen(eb: ExpressionBuilder<OutboxTables, 'message'>): Expression<SqlBool> {
  const underWay = eb
    .selectFrom('attempt')
    .select('attempt.id')
    .whereRef('attempt.message_id', '=', 'message.id')
    .where('attempt.ended_at', 'is', null);
  return eb.and([
    eb('message.settled_at', 'is', null),
    eb('message.ambiguous', '=', 0),
    eb.not(eb.exists(underWay)),
  ]);
}

/** What is to be voided, and how the next message for its events must differ. */
export interface Voiding {
  readonly lane: Selectable<LaneTable>;
  readonly message: number;
  readonly mends: Pick<Selectable<RunTable>, 'mends' | 'at_most'>;
  readonly at: number;
}

/** Ends the message and gives its events back to the lane, in front of all that came after them. */
export async function voidMessage(db: Database, { lane, message, mends, at }: Voiding): Promise<void> {
  const { expired_told } = await db
    .updateTable('message')
    .set({ state: 'voided', settled_at: at })
    .where('id', '=', message)
    .returning('expired_told')
    .executeTakeFirstOrThrow();
  await db.deleteFrom('set_aside_alert').where('message_id', '=', message).execute();
  await tellLater(db, lane.id, expired_told);
  const parts = await partsOf(db, message);
  await insertRuns(
    db,
    parts.map(({ message_id: _, ordinal: __, ...run }) => ({ lane_id: lane.id, ...run, ...mends })),
  );
  for (const part of parts) await dropToldElsewhere(db, { lane, part, at });
}

/** A message that told of expired events was not shown: another one must. */
export async function tellLater(db: Database, laneId: number, expired: number): Promise<void> {
  if (expired === 0) return;
  await db
    .updateTable('lane')
    .set((eb) => ({ expired_untold: eb('expired_untold', '+', expired) }))
    .where('id', '=', laneId)
    .execute();
}
