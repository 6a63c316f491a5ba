/** expire(): what waits for longer than it is worth becomes a dead letter, without ever having been a message. */
import type { Selectable } from 'kysely';
import type { ExpireRequest } from '../contract.ts';
import type { LaneTable, RunTable } from '../schema.ts';
import { type Database, leasedLane } from './database.ts';
import { pack } from './packed.ts';
import { inChunks } from './rows.ts';
import { deleteRuns, eventCount, leaveLane } from './runs.ts';
import { tellLater } from './void.ts';

/** Runs that one call makes a dead letter of. */
const RUNS_BURIED = 64;

/** See Outbox.expire(). */
export async function expire(db: Database, request: ExpireRequest): Promise<number> {
  const lane = await leasedLane(db, request, request.at);
  const runs = await db
    .selectFrom('run')
    .selectAll()
    .where('lane_id', '=', lane.id)
    .where('rank', '=', request.rank)
    .where('waiting_since', '<', request.before)
    // What the fallback still has may yet be told by it, or here.
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('run as there')
            .select('there.first')
            .whereRef('there.lane_id', '=', 'run.handed_to')
            .whereRef('there.rank', '=', 'run.rank')
            .whereRef('there.piece_id', '=', 'run.piece_id')
            .whereRef('there.first', '<=', 'run.last')
            .whereRef('there.last', '>=', 'run.first')
            .where('there.fallback_of', 'is not', null),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('message_part as part')
            .innerJoin('message', 'message.id', 'part.message_id')
            .select('part.first')
            .whereRef('part.piece_id', '=', 'run.piece_id')
            .whereRef('part.first', '<=', 'run.last')
            .whereRef('part.last', '>=', 'run.first')
            .whereRef('message.lane_id', '=', 'run.handed_to')
            .where('message.settled_at', 'is', null)
            .where('part.fallback_of', 'is not', null),
        ),
      ),
    )
    .orderBy('piece_id')
    .orderBy('first')
    .limit(RUNS_BURIED)
    .execute();
  if (runs.length === 0) return 0;
  await bury(db, { lane, runs, request });
  const expired = eventCount(runs);
  await leaveLane(db, lane.id, expired);
  await tellLater(db, lane.id, expired);
  return expired;
}

async function bury(
  db: Database,
  {
    lane,
    runs,
    request: { id, at },
  }: { lane: Selectable<LaneTable>; runs: readonly Selectable<RunTable>[]; request: ExpireRequest },
): Promise<void> {
  const message = await db
    .insertInto('message')
    .values({
      uuid: id,
      lane_id: lane.id,
      state: 'dead',
      form: 'none',
      mends: '',
      events: eventCount(runs),
      oldest_at: runs.reduce((oldest, { waiting_since }) => Math.min(oldest, waiting_since), at),
      sealed_at: at,
      settled_at: at,
      retry_at: at,
      retry_set_at: at,
      attempts: 0,
      pace_key: '',
      own_failures: 0,
      failed_after: null,
      last_attempt: null,
      ambiguous: 0,
      expired_told: 0,
      reason: 'expired',
      detail: 'it waited longer than expire_after allows',
      body: pack(''),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const parts = runs.map((run, ordinal) => {
    const { rank, piece_id, first, last, waiting_since, fallback_of, handed_to } = run;
    const events = { rank, piece_id, first, last, waiting_since, fallback_of, handed_to };
    return { message_id: message.id, ordinal, ...events };
  });
  for (const chunk of inChunks(parts)) await db.insertInto('message_part').values(chunk).execute();
  await deleteRuns(db, runs);
}
