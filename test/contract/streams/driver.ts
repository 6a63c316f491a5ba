/**
 * The intake as the stream tests see it: posts go in, and what people are told of them comes out. accept-driver.ts is notifierd's own way;
 * law.ts is the rule by itself.
 */

/** One entry of a webhook's list. */
export interface Entry {
  readonly name: string;
  readonly status: 'firing' | 'resolved';
  /** Milliseconds since the Unix epoch. */
  readonly startsAt: number;
  /** Of a resolved one. */
  readonly endsAt?: number;
  readonly text?: string;
  /** Without labels: the name is not posted. */
  readonly bare?: true;
}

/** One webhook. */
export interface Post {
  /** When it arrives, by notifierd's clock. */
  readonly at: number;
  /** The name at the end of the path. */
  readonly source?: string;
  /** Absent: the payload has none. */
  readonly externalURL?: string;
  /** Alertmanager's notification_reason. */
  readonly reason?: string;
  /** How many alerts were cut off; 0 unless told. */
  readonly truncated?: number;
  readonly entries: readonly Entry[];
}

/** What people are told of one alert. */
export interface Told {
  readonly name: string;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: number;
}

/** How a webhook was answered, and what is told of it, in order. */
export interface Answer {
  readonly duplicate: boolean;
  readonly told: readonly Told[];
}

/** A webhook that waits in the outbox while its sender has given up. */
export interface Held {
  /** The outbox goes on with it. Resolves with what people are told of it. */
  release(): Promise<readonly Told[]>;
}

/** One group of alerts of one receiver. */
export interface Stream {
  /** Whether what is posted at the same moment is stored in that order. */
  readonly isInOrder: boolean;
  /** A webhook that is answered. */
  post(post: Post): Promise<Answer>;
  /** A webhook that the outbox does not get to store until it is released; its sender is answered 503 before, or has hung up. */
  hold(post: Post, gaveUp: 'answered 503' | 'hung up'): Promise<Held>;
  /** All that people were told, in the order in which they hear it. */
  told(): Promise<readonly Told[]>;
}

/** Gives streams that know nothing of each other. */
export interface Driver {
  stream(): Promise<Stream>;
  close(): Promise<void>;
}
