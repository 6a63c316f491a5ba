/** What settling reads: the outcome of one kind, and what is known of message, lane and credential. */
import type { Doubts, MessageHistory } from '../outbox/contract.ts';
import type { Outcome } from '../plugin/outcome.ts';

/** What the decision depends on beside the outcome. */
export interface SettleContext {
  readonly history: MessageHistory;
  /** What the lane was answered before, since its last delivery. */
  readonly doubts: Doubts;
  /** How many times in a row the channel was in trouble before. */
  readonly channelFailures: number;
  /** How many times in a row the credential was blocked before. */
  readonly blockedCount: number;
  /** The lane has other credentials to send under. */
  readonly hasOthers: boolean;
  readonly now: number;
  /** From 0 to 1, for the jitter. */
  readonly random: number;
  /** The id to use if the message needs a new one. */
  readonly freshId: string;
}

/** The outcomes of one kind. */
export type OutcomeOf<Kind extends Outcome['kind']> = Extract<Outcome, { kind: Kind }>;
