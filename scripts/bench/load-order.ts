/** What the load is asked to do and what it answers: the words between load.ts and driver.ts, which are two processes. */

/** A closed loop: each connection posts, waits for the whole answer, and posts again. */
export interface LoadOrder {
  /** Webhook addresses; the connections are spread over them evenly. */
  readonly urls: readonly string[];
  readonly connections: number;
  /** Alerts in each webhook. */
  readonly alerts: number;
  /** Posted before anything is measured. */
  readonly warmUpSeconds: number;
  readonly until: { readonly seconds: number } | { readonly webhooks: number };
}

/** What came of it. All but `posted` and what was wrong is of the measured time. */
export interface LoadResult {
  /** Answered 200. */
  readonly webhooks: number;
  readonly seconds: number;
  readonly latencyMs: { readonly median: number; readonly p99: number; readonly longest: number };
  /** CPU that the driver itself used. */
  readonly driverCpuSeconds: number;
  /** Answered 200 from the start of the warm-up to the very last answer. */
  readonly posted: number;
  /** Other answers, and requests without one, from beginning to end. */
  readonly wrong: number;
  /** The first few of those, for people. */
  readonly examples: readonly string[];
}

/** The line by which the driver says that the warm-up is over. */
export const MEASURING = 'measuring';
