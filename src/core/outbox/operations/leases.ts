/** claimLanes() and releaseLanes(): who drains what. lane-shares.ts decides, take-lane.ts does what goes with a change of hands. */
import type { Selectable } from 'kysely';
import {
  type Claimed,
  type ClaimRequest,
  type Lease,
  LONGEST_LEASE_MS,
  leaseMargin,
  type ReleaseRequest,
} from '../lease.ts';
import type { LaneTable } from '../schema.ts';
import type { Database } from './database.ts';
import { type SharingReplica, shareLanes } from './lane-shares.ts';
import { closeInterruptedAttempts, type Term, takeLane } from './take-lane.ts';

/** Replicas that are gone are forgotten after so long. */
const FORGET_REPLICA_AFTER_MS = 3_600_000;

/** See Outbox.claimLanes(). */
export async function claimLanes(db: Database, request: ClaimRequest): Promise<Claimed> {
  const { replica, at } = request;
  const term = termOf(request);
  await signIn(db, request, term);
  if (request.leaseMs !== undefined) await boundLeases(db, at);
  const lanes = await db.selectFrom('lane').selectAll().orderBy('name').execute();
  const replicas = await readReplicas(db, at);
  const held = lanes.map((lane) => ({ name: lane.name, holder: holderOf(lane, request) }));
  const shares = shareLanes(held, replicas);

  const leases: Lease[] = [];
  let surplus: string | undefined;
  for (const lane of lanes) {
    const isMine = shares.get(lane.name) === replica;
    const holder = holderOf(lane, request);
    const setup = request.lanes.find(({ name }) => name === lane.name);
    if (holder === replica) {
      await db.updateTable('lane').set(term).where('id', '=', lane.id).execute();
      leases.push({ lane: lane.name, epoch: lane.epoch });
      if (!isMine) surplus ??= lane.name;
    } else if (holder === undefined && isMine && setup !== undefined) {
      leases.push(await takeLane(db, lane, { setup, replica, term, at }));
    } else {
      if (lane.owner === replica) await releaseLanes(db, { replica, lanes: [lane.name], at });
      // Nobody will take it, and other lanes may wait for the end of what it has under way.
      if (holder === undefined && !shares.has(lane.name)) await closeInterruptedAttempts(db, lane.id, at);
    }
  }
  const nextFreeAt = nextFree(lanes, request);
  return {
    leases,
    replicas: replicas.length,
    ...(surplus === undefined ? {} : { surplus }),
    ...(nextFreeAt === undefined ? {} : { nextFreeAt }),
  };
}

/** See Outbox.releaseLanes(). */
export async function releaseLanes(db: Database, { replica, lanes }: ReleaseRequest): Promise<void> {
  await db
    .updateTable('lane')
    .set({ owner: null, lease_until: null, free_at: null })
    .where('owner', '=', replica)
    .$if(lanes !== undefined, (query) => query.where('name', 'in', [...(lanes ?? [])]))
    .execute();
  if (lanes === undefined) await db.deleteFrom('replica').where('id', '=', replica).execute();
}

function termOf({ leaseMs, at }: ClaimRequest): Term {
  if (leaseMs === undefined) return { lease_until: null, free_at: null };
  return { lease_until: at + leaseMs - leaseMargin(leaseMs), free_at: at + leaseMs };
}

/** A lease is its holder's until another may take the lane. Whoever is alone takes over from whoever was there before. */
function holderOf(
  { name, owner, epoch, free_at }: Selectable<LaneTable>,
  { replica, holding, leaseMs, at }: ClaimRequest,
): string | undefined {
  if (owner === replica) {
    const isKnown = holding.some((lease) => lease.lane === name && lease.epoch === epoch);
    return isKnown && (free_at === null || free_at > at) ? owner : undefined;
  }
  return owner !== null && leaseMs !== undefined && free_at !== null && free_at > at ? owner : undefined;
}

async function signIn(
  db: Database,
  { replica, lanes, leaseMs, at }: ClaimRequest,
  term: Term,
): Promise<void> {
  // Whoever is alone is the only one.
  const goneBefore = leaseMs === undefined ? Number.MAX_SAFE_INTEGER : at - FORGET_REPLICA_AFTER_MS;
  await db.deleteFrom('replica').where('gone_at', '<=', goneBefore).where('id', '!=', replica).execute();
  const row = {
    lanes: JSON.stringify(lanes.map(({ name }) => name)),
    gone_at: term.free_at ?? Number.MAX_SAFE_INTEGER,
  };
  await db
    .insertInto('replica')
    .values({ id: replica, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** A lease that ends later than any can is of a time before the clock was set back. */
async function boundLeases(db: Database, at: number): Promise<void> {
  const latest = at + LONGEST_LEASE_MS;
  await db
    .updateTable('lane')
    .set({ lease_until: latest, free_at: latest })
    .where('free_at', '>', latest)
    .execute();
  await db.updateTable('replica').set({ gone_at: latest }).where('gone_at', '>', latest).execute();
}

async function readReplicas(db: Database, at: number): Promise<SharingReplica[]> {
  const rows = await db.selectFrom('replica').selectAll().where('gone_at', '>', at).orderBy('id').execute();
  // signIn() wrote these: an array of names.
  return rows.map(({ id, lanes }) => ({ id, lanes: new Set(JSON.parse(lanes) as string[]) }));
}

function nextFree(
  lanes: readonly Selectable<LaneTable>[],
  { replica, at }: ClaimRequest,
): number | undefined {
  const times = lanes.flatMap(({ owner, free_at }) =>
    owner === null || owner === replica || free_at === null || free_at <= at ? [] : [free_at],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}
