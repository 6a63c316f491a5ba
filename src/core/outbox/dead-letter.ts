/**
 * Dead letters as the outbox shows them, and what became of those that somebody asked to deliver again or to drop. Part of the
 * outbox contract.
 */
import type { OutcomeKind, Reason } from '../plugin/outcome.ts';
import type { StoredEvent } from './message.ts';

/** A message given up on, with what it was about and all that led there. */
export interface DeadLetter {
  /** The row; names the letter in every other call. */
  readonly message: number;
  readonly lane: string;
  readonly form: string;
  /** Of the last attempt; `expired` if it was given up on for its age. */
  readonly reason: Reason | 'expired';
  readonly detail: string;
  readonly diedAt: number;
  /** How many attempts there were. */
  readonly attempts: number;
  /** The latest of them, oldest first, at most 50. */
  readonly history: readonly PastAttempt[];
  readonly events: readonly StoredEvent[];
}

/** One attempt of a message, over. */
export interface PastAttempt {
  readonly startedAt: number;
  /** These four are absent if nobody recorded its end. */
  readonly endedAt?: number;
  readonly outcome?: OutcomeKind;
  readonly reason?: Reason;
  readonly detail?: string;
}

/** Dead letters to be delivered again. */
export interface ReviveRequest {
  readonly messages: readonly number[];
  /** Lanes that a notifierd with this configuration drains: letters of any other stay as they are. */
  readonly lanes: readonly string[];
  readonly at: number;
}

/** Dead letters that nobody needs any more. */
export interface DropRequest {
  readonly messages: readonly number[];
  readonly at: number;
}

/** What became of one id of a request. */
export type LetterFate =
  /** It was a dead letter and is none any more. */
  | { readonly kind: 'done'; readonly message: number; readonly lane: string; readonly events: number }
  /** The same was asked before; nothing was changed. */
  | { readonly kind: 'done_before'; readonly message: number; readonly lane: string }
  /** Nobody drains its lane: it stays a dead letter. */
  | { readonly kind: 'no_sink'; readonly message: number; readonly lane: string }
  /** Not a dead letter: what it is instead. */
  | { readonly kind: 'not_dead'; readonly message: number; readonly state: MessageState }
  /** No message has this id, or retention has removed it. */
  | { readonly kind: 'unknown'; readonly message: number };

/**
 * What a message is. `aside`: others pass it. `voided`: its events were composed anew. `revived`: it was a dead letter, and its
 * events were given back to the lane. `dropped`: it was one, and nobody needs it any more.
 */
export type MessageState = 'open' | 'aside' | 'delivered' | 'voided' | 'dead' | 'revived' | 'dropped';
