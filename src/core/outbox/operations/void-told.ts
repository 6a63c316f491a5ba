/**
 * A message may wait for as long as an outage lasts, set aside or in front of all others. If its events are told in the other lane
 * meanwhile, and nobody can have seen the message, its seal is voided: what was told does not go again.
 */
import type { Selectable } from 'kysely';
import type { MessageTable } from '../schema.ts';
import type { Database } from './database.ts';
import { isHandedOn, type PartOfLane } from './told-once.ts';
import { isUnseen, voidMessage } from './void.ts';

/** After a delivery, beside takeOutElsewhere(). */
export async function voidToldElsewhere(
  db: Database,
  { lane, parts, at }: Pick<PartOfLane, 'lane' | 'at'> & { readonly parts: readonly PartOfLane['part'][] },
): Promise<void> {
  for (const part of parts) {
    for (const { id, lane_id, mends, events } of await unseenElsewhere(db, { lane, part, at })) {
      const owner = await db
        .selectFrom('lane')
        .selectAll()
        .where('id', '=', lane_id)
        .executeTakeFirstOrThrow();
      const kept = mends === '' ? { mends: null, at_most: null } : { mends, at_most: events };
      await voidMessage(db, { lane: owner, message: id, mends: kept, at });
    }
  }
}

/** The messages in another lane that hold events of the part, of those that nobody can have seen. */
async function unseenElsewhere(
  db: Database,
  { lane, part }: PartOfLane,
): Promise<Pick<Selectable<MessageTable>, 'id' | 'lane_id' | 'mends' | 'events'>[]> {
  const fallback = isHandedOn(part, lane) ? part.handed_to : undefined;
  if (part.fallback_of === null && fallback === undefined) return [];
  return await db
    .selectFrom('message')
    .innerJoin('message_part as held', 'held.message_id', 'message.id')
    .select(['message.id', 'message.lane_id', 'message.mends', 'message.events'])
    .distinct()
    .where('held.piece_id', '=', part.piece_id)
    .where('held.first', '<=', part.last)
    .where('held.last', '>=', part.first)
    .where((eb) =>
      eb.or([
        // Told as a fallback: for whomever it was.
        ...(part.fallback_of === null ? [] : [eb('held.handed_to', '=', lane.id)]),
        // Told by the lane itself: its fallback need not.
        ...(fallback === undefined
          ? []
          : [eb.and([eb('message.lane_id', '=', fallback), eb('held.fallback_of', '=', lane.id)])]),
      ]),
    )
    .where('message.lane_id', '!=', lane.id)
    .where(isUnseen)
    .execute();
}
