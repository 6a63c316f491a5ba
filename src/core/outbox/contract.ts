/**
 * The outbox contract: the durable middle of notifierd. What append() has confirmed survives kill -9 and power loss; everything
 * that a restart must know (lanes, sealed messages, attempts, what was accepted before) is in here and nowhere else. One suite,
 * test/contract/outbox-suite.ts, holds every engine to this text.
 *
 * All methods reject with UnavailableError while the store cannot be read or written; the caller tries again later. What changes a
 * lane goes under its lease and rejects with LeaseLostError, having changed nothing, if that is over. Times are milliseconds since the
 * Unix epoch and come from the caller, as `at`; where several replicas share the store, it has the last word on what time it is.
 */

import type { DeadLetter, DropRequest, LetterFate, ReviveRequest } from './dead-letter.ts';
import type { HandedOver, HandOverRequest } from './hand-over.ts';
import type { Claimed, ClaimRequest, LaneSetup, ReleaseRequest } from './lease.ts';
import type { LedgerPortion, LedgerRequest } from './ledger.ts';
import type {
  BeginRequest,
  EventPage,
  ExpireRequest,
  Hold,
  OpenMessage,
  PageRequest,
  SealRequest,
  Settled,
  SettleRequest,
  Started,
  UnsealRequest,
} from './message.ts';
import type { Appended, NewNotification, RememberedState } from './notification.ts';
import type { Doubts, Trouble } from './trouble.ts';

export type * from './dead-letter.ts';
export type * from './hand-over.ts';
export type * from './lease.ts';
export type * from './ledger.ts';
export type * from './message.ts';
export type * from './notification.ts';
export type * from './trouble.ts';

/** The durable store of notifications, lanes, messages and attempts. */
export interface Outbox {
  /** Makes the lanes known, in one transaction; existing ones stay as they are. */
  registerLanes(lanes: readonly LaneSetup[]): Promise<void>;
  /**
   * Keeps the replica's leases and takes free lanes, so that all replicas get equal shares; call it well before the leases end. With a
   * lane that is taken goes its setup: if that is blocked and its `configHash` has changed it is free at once, back-offs are over, and
   * attempts that never ended (the holder was killed) are closed as ambiguous, their messages due.
   */
  claimLanes(request: ClaimRequest): Promise<Claimed>;
  /** Gives lanes back; others may claim them at once. What the replica does not hold stays as it is. */
  releaseLanes(request: ReleaseRequest): Promise<void>;
  /** Stores a notification for all its lanes, or recognizes a repeat; one transaction, shared with others that come together. */
  append(notification: NewNotification): Promise<Appended>;
  /**
   * What a lane's worker needs to decide on its next step. Times that lie after `at` (the clock was set back) are rewritten to
   * count from `at`, once, so that no jump of the clock holds a lane for longer than it was meant to be held.
   */
  view(request: ViewRequest): Promise<LaneView>;
  /** The events that come next in a lane, in order; see PageRequest. Reads only. Empty when nothing can be composed. */
  page(request: PageRequest): Promise<EventPage>;
  /** Seals a message and records the start of its first attempt; `stale` (and nothing done) if the pace's mark has moved on. */
  seal(request: SealRequest): Promise<Started | 'stale'>;
  /** Records the start of one more attempt of a sealed message; `stale` as in seal(). */
  begin(request: BeginRequest): Promise<Started | 'stale'>;
  /** Voids the seal of a message that nobody can have seen: its events wait again, at their old places, to be composed anew. */
  unseal(request: UnsealRequest): Promise<void>;
  /** Makes dead letters of events that wait for longer than they are worth; answers how many. A small batch: call until it is 0. */
  expire(request: ExpireRequest): Promise<number>;
  /** Gives events of a lane that cannot deliver to the lane of its fallback as well; see HandOverRequest. */
  handOver(request: HandOverRequest): Promise<HandedOver>;
  /** Records how an attempt ended and what follows from it, in one transaction. Settling an attempt twice changes nothing. */
  settle(request: SettleRequest): Promise<Settled>;
  /** How the lanes stand, for metrics and readiness. Cheap however long the backlog. */
  readLanes(): Promise<readonly LaneReading[]>;
  /** How many calls of these months (keys as in BeginRequest) were begun; those that nobody counted are left out. */
  readMonthCalls(months: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Remembers that a heartbeat of this kind was heard. */
  noteHeartbeat(id: string, at: number): Promise<void>;
  /** When one was last heard, by any replica; `undefined` if never. */
  readHeartbeat(id: string): Promise<number | undefined>;
  /** Rejects as append() would while what it confirms might not be found after a restart. */
  checkWritable(): Promise<void>;
  /** What the stream last said of the alert; `undefined` if nothing is remembered. */
  readState(groupId: string, fingerprint: string): Promise<RememberedState | undefined>;
  /** The messages given up on, oldest first: those of one lane (none if nobody knows it), or of all. */
  readDeadLetterIds(lane?: string): Promise<readonly number[]>;
  /** These dead letters, in the given order; what is none is left out. Each holds all its events: ask for a few at a time. */
  readDeadLetters(messages: readonly number[]): Promise<readonly DeadLetter[]>;
  /**
   * Gives the events of dead letters back to their lanes, at their old places in the order, to be composed anew: a later message
   * has another id. One transaction; one answer an id. A lane that works elsewhere sees them when it next looks.
   */
  reviveDeadLetters(request: ReviveRequest): Promise<readonly LetterFate[]>;
  /** Makes dead letters mere history, which goes with what was settled now. One transaction; one answer an id. */
  dropDeadLetters(request: DropRequest): Promise<readonly LetterFate[]>;
  /** What came and what became of it, newest first. Reads only, and costs the same however long the history is. */
  readLedger(request: LedgerRequest): Promise<LedgerPortion>;
  /** Moves all times that still matter for what waits: the clock was set forward by `byMs`, and `at` is the time before. */
  moveTimes(request: MoveTimesRequest): Promise<void>;
  /** Removes a small batch of what was settled before the given times; answers how many rows went. Call until it answers 0. */
  prune(request: PruneRequest): Promise<number>;
  /** Waits for what is under way and frees the store. Calling it twice is fine. */
  close(): Promise<void>;
}

/** Which lane, now, and the month's key if its calls are counted. */
export interface ViewRequest {
  readonly lane: string;
  readonly at: number;
  readonly month?: string;
  /** The lane has no pace: of each credential's starts the latest is enough. */
  readonly latestStartOnly?: true;
  /** The page that the caller wants to compose from, should nothing that is sealed come first. */
  readonly page?: Omit<PageRequest, 'lane'>;
}

/** How a lane stands. */
export interface LaneView {
  /** At least one, in no particular order. */
  readonly credentials: readonly CredentialView[];
  /** What kept the lane from delivering when it last did not, over or not. */
  readonly trouble: Trouble | undefined;
  readonly doubts: Doubts;
  /** The sealed message that the lane must get through before any other; not those set aside. */
  readonly current: OpenMessage | undefined;
  /** Of the messages set aside that are due, the one tried least recently; if none is due, the one that will be first. */
  readonly setAside: OpenMessage | undefined;
  /** Which message of many events the next one would be since the lane was last empty, from 1. */
  readonly part: number;
  /** Events not yet given to a message. */
  readonly unsealed: number;
  /** Rank of the first of them. */
  readonly frontRank: number | undefined;
  /** Events in the lane: unsealed or in messages that are not settled. */
  readonly waiting: number;
  /** Since when the longest waiting of them waits. */
  readonly oldestAt: number | undefined;
  /** When the latest message was sealed that an event of the worst rank leads; never after `at`. */
  readonly lastCriticalAt: number | undefined;
  /** Events that expired and of which no message has told. */
  readonly expired: number;
  /** Calls begun in the requested month; 0 without one. */
  readonly monthCalls: number;
  /** As page() gives it; absent if none was asked for, if no event waits unsealed, or if a sealed message comes first. */
  readonly page?: EventPage;
}

/** One of a lane's credentials. */
export interface CredentialView {
  readonly paceKey: string;
  /** What keeps the lane from using it, over or not: it ends with the first message that the channel answers after its time. */
  readonly hold: Hold | undefined;
  /** The hold is over, and another lane that it concerned is trying just now. */
  readonly probed: boolean;
  /** Starts of the latest attempts under the key that may have reached the channel, oldest first, at most 100; none lies after `at`. */
  readonly starts: readonly number[];
  /** Changes with every start of an attempt under the key: hand it to seal() and begin(). */
  readonly paceMark: number;
}

/** A lane as metrics and readiness show it. */
export interface LaneReading {
  readonly lane: string;
  readonly waitingEvents: number;
  readonly oldestAt: number | undefined;
  /** How many credentials it has. */
  readonly credentials: number;
  /** The holds on them, over or not; one for each that is held. */
  readonly holds: readonly Hold[];
  /** What kept it from delivering when it last did not, over or not. */
  readonly trouble: Trouble | undefined;
  readonly lastSuccessAt: number | undefined;
  /** Messages given up on that nobody has decided on. */
  readonly deadLetters: number;
  /** The latest of them. */
  readonly lastDeadLetter?: Pick<DeadLetter, 'diedAt' | 'reason'>;
}

/** By how much the clock was set forward, and what it had shown. */
export interface MoveTimesRequest {
  readonly byMs: number;
  readonly at: number;
}

/** What is old enough to go. */
export interface PruneRequest {
  readonly settledBefore: number;
  readonly deadBefore: number;
  /** Most rows of a kind that one call removes. */
  readonly batch: number;
}
