/**
 * An event that a lane has handed to its fallback waits in two lanes. Whichever tells it first takes it out of the other: nobody is
 * told twice. A message that already holds it there goes its way.
 */
import type { Selectable } from 'kysely';
import type { LaneTable, MessagePartTable } from '../schema.ts';
import type { Database } from './database.ts';
import { releaseNotifications } from './parts.ts';
import { cutOut, eventCount, insertRuns, leaveLane, overlap, type Range } from './runs.ts';

/** A part of a message of a lane. */
export interface PartOfLane {
  readonly lane: Pick<Selectable<LaneTable>, 'id'>;
  readonly part: Selectable<MessagePartTable>;
  readonly at: number;
}

/** After a delivery: its events need not wait anywhere else. */
export async function takeOutElsewhere(
  db: Database,
  { lane, parts, at }: Pick<PartOfLane, 'lane' | 'at'> & { readonly parts: readonly PartOfLane['part'][] },
): Promise<void> {
  for (const part of parts) {
    // As a fallback: for whomever it was.
    if (part.fallback_of !== null) await takeOut(db, { handedTo: lane.id }, { part, at });
    // From its fallback.
    if (isHandedOn(part, lane)) await letGo(db, { fallback: part.handed_to, toldBy: lane.id }, { part, at });
  }
}

/** After a seal was voided: what was told elsewhere while it lasted does not wait again. */
export async function dropToldElsewhere(db: Database, { lane, part, at }: PartOfLane): Promise<void> {
  const others = [part.fallback_of, isHandedOn(part, lane) ? part.handed_to : null];
  for (const other of others) {
    if (other === null) continue;
    for (const told of await toldIn(db, other, part)) {
      const range = overlap(part, told);
      if (range === undefined) continue;
      const rest = { part: { ...part, ...range }, at };
      if (other === part.fallback_of) await letGo(db, { fallback: lane.id, toldBy: other }, rest);
      else await takeOut(db, { lane: lane.id }, rest);
    }
  }
}

/** Its fallback was given it to tell in its place. */
export function isHandedOn(
  part: PartOfLane['part'],
  lane: PartOfLane['lane'],
): part is PartOfLane['part'] & { readonly handed_to: number } {
  const { handed_to } = part;
  return handed_to !== null && handed_to !== lane.id;
}

/** Events, told at `at`. */
interface ToldEvents {
  readonly part: Range & Pick<PartOfLane['part'], 'piece_id' | 'rank'>;
  readonly at: number;
}

/** What the lane has told, its fallback need not tell for it: only for others that have handed it on as well. */
async function letGo(
  db: Database,
  { fallback, toldBy }: { readonly fallback: number; readonly toldBy: number },
  { part, at }: ToldEvents,
): Promise<void> {
  const others = await handedBy(db, { fallback, toldBy }, part);
  const waiting = await db
    .selectFrom('run')
    .selectAll()
    .where('lane_id', '=', fallback)
    .where('rank', '=', part.rank)
    .where('piece_id', '=', part.piece_id)
    .where('fallback_of', 'is not', null)
    .execute();
  for (const run of waiting) {
    const told = overlap(run, part);
    if (told === undefined) continue;
    await cutOut(db, run, told);
    for (let index = told.first; index <= told.last; index++) {
      const event = { first: index, last: index };
      const other = others.find((range) => overlap(range, event) !== undefined);
      if (other !== undefined) {
        await insertRuns(db, [{ ...run, ...event, fallback_of: other.lane_id }]);
        continue;
      }
      await leaveLane(db, fallback, 1);
      await releaseNotifications(db, [{ piece_id: run.piece_id, ...event }], at);
    }
  }
}

/** Events of the piece that other lanes have handed to the fallback and not yet told, or given up on. */
async function handedBy(
  db: Database,
  { fallback, toldBy }: { readonly fallback: number; readonly toldBy: number },
  { piece_id }: ToldEvents['part'],
): Promise<(Range & { readonly lane_id: number })[]> {
  const waiting = await db
    .selectFrom('run')
    .select(['lane_id', 'first', 'last'])
    .where('handed_to', '=', fallback)
    .where('piece_id', '=', piece_id)
    .where('lane_id', 'not in', [fallback, toldBy])
    .execute();
  const sealed = await db
    .selectFrom('message_part')
    .innerJoin('message', 'message.id', 'message_part.message_id')
    .select(['message.lane_id', 'message_part.first', 'message_part.last'])
    .where('message_part.handed_to', '=', fallback)
    .where('message_part.piece_id', '=', piece_id)
    .where('message.lane_id', 'not in', [fallback, toldBy])
    .where((eb) => eb.or([eb('message.settled_at', 'is', null), eb('message.state', '=', 'dead')]))
    .execute();
  return [...waiting, ...sealed];
}

/** Which runs: those of a lane, or those handed to one. */
type Where = { readonly lane: number } | { readonly handedTo: number };

async function takeOut(db: Database, where: Where, { part, at }: ToldEvents): Promise<void> {
  const runs = await db
    .selectFrom('run')
    .selectAll()
    .where('piece_id', '=', part.piece_id)
    .where('rank', '=', part.rank)
    .$if('handedTo' in where, (query) =>
      query.where('handed_to', '=', 'handedTo' in where ? where.handedTo : null),
    )
    .$if('lane' in where, (query) => query.where('lane_id', '=', 'lane' in where ? where.lane : -1))
    .execute();
  for (const run of runs) {
    const range = overlap(run, part);
    // A lane's own id in handed_to: its events stay whatever others tell.
    if (range === undefined || ('handedTo' in where && run.lane_id === where.handedTo)) continue;
    await cutOut(db, run, range);
    await leaveLane(db, run.lane_id, eventCount([range]));
    await releaseNotifications(db, [{ piece_id: run.piece_id, ...range }], at);
  }
}

async function toldIn(db: Database, laneId: number, part: PartOfLane['part']): Promise<Range[]> {
  return await db
    .selectFrom('message_part')
    .innerJoin('message', 'message.id', 'message_part.message_id')
    .select(['message_part.first', 'message_part.last'])
    .where('message_part.piece_id', '=', part.piece_id)
    .where('message.lane_id', '=', laneId)
    .where('message.state', '=', 'delivered')
    .execute();
}
