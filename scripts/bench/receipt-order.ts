/** The words between receipts.ts and receipt-driver.ts, which are two processes: one order and one result a line. */

/** Webhooks of one alert, posted one at a time to a subject that has nothing else to do. */
export interface ReceiptOrder {
  readonly url: string;
  /** Posted before anything is measured. */
  readonly warmUps: number;
  readonly posts: number;
}

/** How long it took, in milliseconds, from the beginning of a POST until the simulated DingTalk had the message. */
export interface ReceiptResult {
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Posts that were not answered 200, or of which no message came. */
  readonly wrong: number;
  readonly examples: readonly string[];
}

/** Begins the line with the simulator's address. */
export const SIMULATOR_AT = 'simulator ';
