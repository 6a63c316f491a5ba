/** A lane's trouble: why it could not deliver, and what is not yet known of whose fault that is. Part of the outbox contract. */
import type { DelayCause } from '../plugin/contract.ts';
import type { Reason } from '../plugin/outcome.ts';

/** Why a lane could not deliver. */
export interface Trouble {
  readonly cause: DelayCause;
  /** Of the first failure. */
  readonly since: number;
  /** When it delivered again; absent as long as it has not. */
  readonly endedAt?: number;
  /** Failures in a row that call for a growing wait. */
  readonly failures: number;
  /** Before this nothing is tried. */
  readonly retryAt: number;
  /** The channel answers, and delivers nothing; absent for any other trouble. */
  readonly toAll?: AnswerToAll;
}

/** What a channel in trouble answers, whichever message it is given. */
export interface AnswerToAll {
  readonly reason: Reason;
  readonly detail: string;
}

/**
 * What a lane was answered since its last delivery (ever, if there was none) that may be a message's fault or the channel's. All of it
 * is forgotten with a delivery.
 */
export interface Doubts {
  /** Answers that nobody has documented, and failures of the plugin. */
  readonly failures: number;
  /** Single events that were refused for good. */
  readonly refusals: number;
}
