/**
 * The lanes that this replica drains: claims them, keeps their leases alive, starts a worker for each that it gets and ends the worker
 * of each that it gives back or has lost. Alone on its outbox it claims all lanes once, for good.
 */
import type { Clock } from '../clock.ts';
import type { Claimed, LaneSetup, Lease, Outbox } from '../outbox/contract.ts';
import { leaseMargin } from '../outbox/lease.ts';
import { OUTBOX_BACKOFF } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import type { Lane } from './lane.ts';
import type { LaneLease } from './lane-lease.ts';
import type { LeaseObserver } from './observer.ts';

/** What is needed to hold leases. */
export interface LeasesOptions {
  /** This replica's own name, a new one with each start. */
  readonly replica: string;
  readonly lanes: readonly LaneSetup[];
  /** How long a lease lasts; absent: this replica is alone. */
  readonly leaseMs?: number;
  readonly outbox: Pick<Outbox, 'claimLanes' | 'releaseLanes'>;
  readonly clock: Clock;
  /** The machine's: a machine that was suspended may have kept its monotonic clock from running. */
  readonly machine: Clock;
  readonly observer: LeaseObserver;
  /** The worker of a lane, not yet working. */
  createLane(name: string, lease: LaneLease): Lane;
  /** From 0 to 1, for jitter. */
  random(): number;
}

/** The lanes at work. */
export interface Leases {
  /** Takes what is free. Rejects if the outbox does; from then on it tries by itself. */
  start(): Promise<void>;
  /** Something has arrived for this lane. */
  wake(lane: string): void;
  /** Lanes may have become free. */
  lookForLanes(): void;
  /** Gives every lane back, after waiting up to `graceMs` for the sends under way. Never rejects. */
  stop(graceMs: number): Promise<void>;
}

/** So many claims in the time that a lease lasts: one that fails is no harm. */
const CLAIMS_PER_LEASE = 5;
/** A lane that moves to another replica finishes what it sends first. */
const MOVE_GRACE_MS = 30_000;

interface AtWork {
  readonly lease: Lease;
  readonly lane: Lane;
  readonly over: AbortController;
  moving: boolean;
}

/** Nothing is claimed yet. */
export function createLeases(options: LeasesOptions): Leases {
  const { replica, leaseMs, outbox, clock, machine, observer } = options;
  const atWork = new Map<string, AtWork>();
  /** Workers without a lease: they begin nothing, but may still have an outcome in hand that the outbox must learn of. */
  const leaving = new Map<string, Lane>();
  const moves = new Set<Promise<void>>();
  const stopped = new AbortController();
  let stopping = false;
  let news = new AbortController();
  let deadline = new AbortController();
  /** On the monotonic clock and on the machine's: once either is past it, no send may begin or go on. */
  let sureUntil = { elapsed: Number.POSITIVE_INFINITY, wall: Number.POSITIVE_INFINITY };
  let claiming: Promise<void> = Promise.resolve();

  /** Answers when to claim again. */
  async function claim(): Promise<number> {
    // Counted from before the request: the store counts from later.
    const asked = { elapsed: clock.elapsed(), wall: machine.now() };
    const holding = [...atWork.values()].map(({ lease }) => lease);
    const lanes = stopping ? [] : options.lanes.filter(({ name }) => !leaving.has(name));
    const request = { replica, lanes, holding, at: clock.now() };
    const claimed = await outbox.claimLanes({ ...request, ...(leaseMs === undefined ? {} : { leaseMs }) });
    if (leaseMs !== undefined) extend(asked, leaseMs - 2 * leaseMargin(leaseMs));
    takeUp(claimed, holding);
    observer.lanesHeld({ lanes: [...atWork.keys()], replicas: claimed.replicas });
    return nextClaim(claimed);
  }

  function extend(asked: typeof sureUntil, sureMs: number): void {
    sureUntil = { elapsed: asked.elapsed + sureMs, wall: asked.wall + sureMs };
    deadline.abort();
    const own = new AbortController();
    deadline = own;
    void clock.wait(sureUntil.elapsed - clock.elapsed(), own.signal).then(() => {
      if (!own.signal.aborted) for (const name of [...atWork.keys()]) end(name);
    });
  }

  function takeUp({ leases, surplus }: Claimed, held: readonly Lease[]): void {
    for (const [name, { lease }] of [...atWork]) if (!isAmong(leases, lease)) end(name);
    for (const lease of leases) {
      // One that was kept but ended meanwhile has to be taken anew.
      if (!atWork.has(lease.lane) && !isAmong(held, lease) && !stopping) begin(lease);
    }
    const moving = surplus === undefined ? undefined : atWork.get(surplus);
    if (surplus !== undefined && moving !== undefined && !moving.moving && !stopping) {
      moving.moving = true;
      const move = giveBack(surplus, moving);
      moves.add(move);
      void move.then(() => moves.delete(move));
    }
  }

  function begin(lease: Lease): void {
    const over = new AbortController();
    const lane = options.createLane(lease.lane, {
      epoch: lease.epoch,
      over: over.signal,
      isSure: () =>
        !over.signal.aborted && clock.elapsed() < sureUntil.elapsed && machine.now() < sureUntil.wall,
      lost: () => {
        if (atWork.get(lease.lane)?.lease === lease) end(lease.lane);
      },
    });
    atWork.set(lease.lane, { lease, lane, over, moving: false });
    lane.start();
  }

  /** The lease is over, or will be before it can be renewed. */
  function end(name: string): void {
    const own = atWork.get(name);
    if (own === undefined) return;
    atWork.delete(name);
    own.over.abort();
    observer.leaseLost(name);
    leaving.set(name, own.lane);
    void own.lane.ended().then(() => {
      leaving.delete(name);
      news.abort();
    });
  }

  /** While the worker finishes, the lease is kept. */
  async function giveBack(name: string, own: AtWork): Promise<void> {
    await own.lane.stop(MOVE_GRACE_MS);
    if (atWork.get(name) !== own) return;
    atWork.delete(name);
    own.over.abort();
    try {
      await outbox.releaseLanes({ replica, lanes: [name], at: clock.now() });
    } catch (error) {
      // It is free when the lease ends.
      observer.claimFailed(error, 1);
    }
    news.abort();
  }

  function nextClaim({ nextFreeAt }: Claimed): number {
    if (leaseMs === undefined) return Number.POSITIVE_INFINITY;
    const usual = leaseMs / CLAIMS_PER_LEASE;
    return nextFreeAt === undefined ? usual : Math.min(usual, Math.max(0, nextFreeAt - clock.now()) + 1);
  }

  async function keepClaiming(firstMs: number): Promise<void> {
    let failures = 0;
    let restMs = firstMs;
    while (!stopped.signal.aborted) {
      await clock.wait(restMs, AbortSignal.any([stopped.signal, news.signal]));
      if (stopped.signal.aborted) return;
      news = new AbortController();
      try {
        restMs = await claim();
        failures = 0;
      } catch (error) {
        failures += 1;
        observer.claimFailed(error, failures);
        const longest = (leaseMs ?? Number.POSITIVE_INFINITY) / CLAIMS_PER_LEASE;
        restMs = Math.min(backoffMs(OUTBOX_BACKOFF, failures, options.random()), longest);
      }
    }
  }

  return {
    async start() {
      const restMs = await claim();
      if (leaseMs !== undefined) claiming = keepClaiming(restMs);
    },
    wake(lane) {
      atWork.get(lane)?.lane.wake();
    },
    lookForLanes() {
      news.abort();
    },
    async stop(graceMs) {
      stopping = true;
      // The leases are kept meanwhile: sends under way end well.
      const lanes = [...[...atWork.values()].map(({ lane }) => lane), ...leaving.values()];
      await Promise.all([...lanes.map((lane) => lane.stop(graceMs)), ...moves]);
      stopped.abort();
      deadline.abort();
      await claiming;
      const at = clock.now();
      await outbox.releaseLanes({ replica, at }).catch((error: unknown) => observer.claimFailed(error, 1));
    },
  };
}

function isAmong(leases: readonly Lease[], { lane, epoch }: Lease): boolean {
  return leases.some((lease) => lease.lane === lane && lease.epoch === epoch);
}
