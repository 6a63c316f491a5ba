/**
 * Handing over: what a lane gives to the lane of its fallback while it cannot deliver. Part of the outbox contract.
 */
import type { Lease } from './lease.ts';

/** A lane's fallback: who is told of its events, and of which. */
export interface StandIn {
  /** The lane of the fallback; nothing happens if nobody knows it. */
  readonly to: string;
  readonly ranks: readonly number[];
  /** Even what the fallback delivers stays in the lane. */
  readonly tellTwice: boolean;
}

/**
 * Events of these ranks wait in the fallback's lane as well, marked. Whichever lane delivers one first takes it out of the other, as
 * long as no message there holds it. What the fallback was sent by the routes anyway is not given to it again.
 */
export interface HandOverRequest extends Lease, StandIn {
  readonly at: number;
}

/** What became of it. */
export interface HandedOver {
  /** Events that the fallback's lane has got. */
  readonly events: number;
  /** There may be more: call again. */
  readonly more: boolean;
}
