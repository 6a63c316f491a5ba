/**
 * The ledger: the outbox's history as people see it, read newest first and a portion at a time. Part of the outbox contract.
 */
import type { DeadLetter } from './dead-letter.ts';

/** Which part of the history. */
export interface LedgerRequest {
  /** Only what this lane was given, and what other lanes tell in its place; every lane unless named. */
  readonly lane?: string;
  /** Only what was received then or later. */
  readonly since?: number;
  /** `next` of the portion before; the newest unless given. */
  readonly before?: number;
}

/** About 1 MiB of what was received, the newest first; may be empty although there is more. */
export interface LedgerPortion {
  readonly pieces: readonly LedgerPiece[];
  /** Where the next portion begins; `undefined` when this was the last. */
  readonly next: number | undefined;
}

/** Some alerts that came together, and what became of each in each lane. */
export interface LedgerPiece {
  readonly notificationId: string;
  readonly receivedAt: number;
  /** The name that the notification's path gave to its sender; absent without one. */
  readonly source?: string;
  /** The number of its first event in the notification. */
  readonly firstNumber: number;
  /** Everything of the notification but its alerts, as JSON. */
  readonly head: string;
  /** A JSON array of the alerts. */
  readonly alerts: string;
  /** At least one; the last alert first, and the lanes of an alert by their names. */
  readonly entries: readonly LedgerEntry[];
}

/** One event in one lane. What retention has removed has no entry any more. */
export interface LedgerEntry {
  /** Which of the piece's alerts, from 0. */
  readonly index: number;
  readonly lane: string;
  /** The lane in whose place this one tells of the event; absent for the lane's own. */
  readonly fallbackOf?: string;
  readonly state: LedgerState;
  /** The message that the event is in; absent while it waits for one. */
  readonly message?: LedgerMessage;
  /** The dead letter that it was in before somebody had it delivered again; the latest of several. */
  readonly revived?: number;
}

/**
 * What became of an event. `waiting`: it is in no message yet. `being_sent`: an attempt is under way (or notifierd was killed during
 * one and has not been started since). `retrying`: its message waits for another attempt. The others as in MessageState.
 */
export type LedgerState = 'waiting' | 'being_sent' | 'retrying' | 'delivered' | 'dead' | 'dropped';

/** The message that holds an event, or held it last. */
export interface LedgerMessage {
  /** The row; names it in every other call. */
  readonly ref: number;
  /** The id as the channel knows it. */
  readonly id: string;
  readonly form: string;
  readonly sealedAt: number;
  readonly attempts: number;
  /** When the attempt that is under way began. */
  readonly sendingSince?: number;
  /** When it is due again; its lane may be held for longer. */
  readonly retryAt?: number;
  /** When it was delivered, given up on, or dropped. */
  readonly settledAt?: number;
  /** Of the last attempt that has ended. */
  readonly reason?: DeadLetter['reason'];
  readonly detail?: string;
}
