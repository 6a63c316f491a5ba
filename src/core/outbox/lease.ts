/**
 * Leases: which replica drains which lane, and until when. A lane has one holder at a time; what is done under a lease that is over is
 * refused. Part of the outbox contract.
 */

/** A sink as the outbox knows it. */
export interface LaneSetup {
  readonly name: string;
  readonly plugin: string;
  /** Hashes of the sink's credentials, at least one: lanes with equal keys share one pace. Never the credentials themselves. */
  readonly paceKeys: readonly string[];
  /** Hash of the sink's configuration. */
  readonly configHash: string;
  /** The lane that may be given its events; see HandOverRequest. */
  readonly fallback?: string;
}

/** The right to drain a lane. `epoch` grows with every change of hands, and goes with all that is done under the lease. */
export interface Lease {
  readonly lane: string;
  readonly epoch: number;
}

/** A replica says that it is there, keeps its leases, and takes lanes that nobody holds. */
export interface ClaimRequest {
  /** The replica's own name: a new one with each start. */
  readonly replica: string;
  /** All lanes that it can drain; registered before. */
  readonly lanes: readonly LaneSetup[];
  /** The leases that it works under. One that the outbox has for it and that is missing here is over: the lane may be taken anew. */
  readonly holding: readonly Lease[];
  /** How long its leases last; absent: it is alone on this store, and holds all of them until it ends. */
  readonly leaseMs?: number;
  readonly at: number;
}

/** How a replica stands after a claim. */
export interface Claimed {
  /** What it holds, in no particular order: kept, or just taken. */
  readonly leases: readonly Lease[];
  /** One of them that another replica should have: to be released when nothing of it is under way. */
  readonly surplus?: string;
  /** Replicas at work, this one included. */
  readonly replicas: number;
  /** When a lane that is not its own may become free, should its holder be gone. */
  readonly nextFreeAt?: number;
}

/** A replica gives lanes back: these, or with none named all that it holds, and then it is gone. */
export interface ReleaseRequest {
  readonly replica: string;
  readonly lanes?: readonly string[];
  readonly at: number;
}

/** No lease is longer: outbox.lease is bounded by it. */
export const LONGEST_LEASE_MS = 300_000;

/**
 * How far the holder of a lease and the one that waits for it keep from each other: sends end so much before the lease does, and it can
 * be claimed so much after. A tenth of its length, so that takeover takes `leaseMs` from the holder's last sign of life.
 */
export function leaseMargin(leaseMs: number): number {
  return leaseMs / 10;
}
