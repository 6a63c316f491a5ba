/** Whom the benchmark measures: a program that takes Alertmanager's webhooks, as one or more processes of its own. */

/** Someone to measure. */
export interface Subject {
  /** As the report calls it. */
  readonly name: string;
  /** Starts it anew; resolves once it takes webhooks. */
  start(): Promise<RunningSubject>;
}

/** A subject at work. */
export interface RunningSubject {
  /** Webhook addresses; of several replicas one each. */
  readonly urls: readonly string[];
  /** Its processes; empty if nobody here started it. */
  readonly pids: readonly number[];
  /** Addresses of its pages of metrics, if it is notifierd. */
  readonly metrics: readonly string[];
  /** From the start of the process to its first answer that says it is ready. Of several replicas, the slowest. */
  readonly startupMs: number;
  /** What it printed so far. */
  stdout(): string;
  /** Ends it in order, and removes what only it needed. */
  stop(): Promise<void>;
}

/** A program that runs already, by its webhook address. It is left as it is. */
export function runningElsewhere(name: string, url: string): Subject {
  return {
    name,
    start: async () => ({
      urls: [url],
      pids: [],
      metrics: [],
      startupMs: Number.NaN,
      stdout: () => '',
      stop: async () => undefined,
    }),
  };
}
