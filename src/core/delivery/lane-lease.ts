/** What the worker of a lane knows of its lease. */

/** A lease as the worker of its lane sees it. */
export interface LaneLease {
  readonly epoch: number;
  /** Aborts when nothing may be under way any more: well before another replica can take the lane. */
  readonly over: AbortSignal;
  /** Whether a send may begin at this very moment; to be asked right before each. */
  isSure(): boolean;
  /** The outbox says that it is over. */
  lost(): void;
}
