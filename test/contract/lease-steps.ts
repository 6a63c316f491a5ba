/**
 * The steps in which the cases of the outbox contract tell who holds which lane. Most begin with a replica that is alone and takes all of
 * them; leases-suite.ts, fence-suite.ts and takeover-suite.ts have several.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Claimed, LaneSetup, Lease, Outbox } from '../../src/core/outbox/contract.ts';

/** The lease on a lane; fails if there is none. */
export type LeaseOf = (lane: string) => Lease;

/**
 * A notifierd starts, alone on its store: the lanes are known, and all of them taken, each from whoever held it. Later leases on other
 * lanes leave these as they are.
 */
export async function takeLanes(outbox: Outbox, lanes: readonly LaneSetup[], at: number): Promise<LeaseOf> {
  await outbox.registerLanes(lanes);
  const { leases } = await outbox.claimLanes({ replica: randomUUID(), lanes, holding: [], at });
  assert.equal(leases.length, lanes.length, 'whoever is alone takes everything');
  return (name) => leases.find(({ lane }) => lane === name) ?? assert.fail(`no lease on ${name}`);
}

/** A replica beside others, as far as the outbox can tell. It works under the leases of its last claim. */
export interface Replica {
  /** Says that it is there; `holding`: as if it worked under these. */
  claim(at: number, holding?: readonly Lease[]): Promise<Claimed>;
  /** Gives lanes back; without any: it goes. */
  release(at: number, lanes?: readonly string[]): Promise<void>;
  /** Names of the lanes of its last claim, by name. */
  lanes(): string[];
  /** Its lease on the lane, as it believes. */
  leaseOf: LeaseOf;
}

/** What a replica has in its configuration. */
export interface ReplicaSetup {
  readonly lanes: readonly LaneSetup[];
  readonly leaseMs: number;
}

/** A replica that has not claimed anything; its lanes are registered. */
export async function createReplica(
  outbox: Outbox,
  replica: string,
  { lanes, leaseMs }: ReplicaSetup,
): Promise<Replica> {
  let leases: readonly Lease[] = [];
  await outbox.registerLanes(lanes);
  return {
    async claim(at, holding = leases) {
      const claimed = await outbox.claimLanes({ replica, lanes, holding, leaseMs, at });
      leases = claimed.leases;
      return claimed;
    },
    async release(at, given) {
      await outbox.releaseLanes({ replica, at, ...(given === undefined ? {} : { lanes: given }) });
      leases = given === undefined ? [] : leases.filter(({ lane }) => !given.includes(lane));
    },
    lanes: () => leases.map(({ lane }) => lane).sort(),
    leaseOf: (name) => leases.find(({ lane }) => lane === name) ?? assert.fail(`no lease on ${name}`),
  };
}
