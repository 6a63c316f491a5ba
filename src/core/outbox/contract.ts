/**
 * The outbox contract: the durable middle of notifierd. What append() has confirmed survives kill -9 and power loss; everything
 * that a restart must know (lanes, sealed messages, attempts, what was accepted before) is in here and nowhere else. One suite,
 * test/contract/outbox.ts, holds every engine to this text.
 *
 * All methods reject with UnavailableError while the store cannot be read or written; the caller tries again later. Times are
 * milliseconds since the Unix epoch and come from the caller, as `at`.
 */
import type { Mend } from '../plugin/contract.ts';
import type { OutcomeKind, Reason } from '../plugin/outcome.ts';

/** The durable store of notifications, lanes, messages and attempts. */
export interface Outbox {
  /**
   * Makes the lanes known, in one transaction; existing ones keep their backlog. A lane that is blocked and whose `configHash` has
   * changed is free at once. Attempts that never ended (notifierd was killed) are closed as ambiguous, their messages are due.
   */
  registerLanes(lanes: readonly LaneSetup[], at: number): Promise<void>;
  /** Stores a notification for all its lanes, or recognizes a repeat; one transaction, shared with others that come together. */
  append(notification: NewNotification): Promise<Appended>;
  /** What a lane's worker needs to decide on its next step. Reads only. */
  view(lane: string, at: number): Promise<LaneView>;
  /** The events that come next in a lane, in order; see PageRequest. Reads only. Empty when nothing can be composed. */
  page(request: PageRequest): Promise<EventPage>;
  /** Seals a message and records the start of its first attempt; `stale` (and nothing done) if the pace's mark has moved on. */
  seal(request: SealRequest): Promise<Started | 'stale'>;
  /** Records the start of one more attempt of a sealed message; `stale` as in seal(). */
  begin(request: BeginRequest): Promise<Started | 'stale'>;
  /** Records how an attempt ended and what follows from it, in one transaction. Settling an attempt twice changes nothing. */
  settle(request: SettleRequest): Promise<Settled>;
  /** How the lanes stand, for metrics and readiness. Cheap however long the backlog. */
  readLanes(at: number): Promise<readonly LaneReading[]>;
  /** Events given up on, oldest first. */
  readDeadLetters(lane: string, limit: number): Promise<readonly DeadLetter[]>;
  /** Removes a small batch of what was settled before the given times; answers how many rows went. Call until it answers 0. */
  prune(request: PruneRequest): Promise<number>;
  /** Waits for what is under way and frees the store. Calling it twice is fine. */
  close(): Promise<void>;
}

/** A sink as the outbox knows it. */
export interface LaneSetup {
  readonly name: string;
  readonly plugin: string;
  /** Hash of the sink's credential: lanes with equal keys share one pace. Never the credential itself. */
  readonly paceKey: string;
  /** Hash of the sink's configuration. */
  readonly configHash: string;
}

/** A notification on its way in. */
export interface NewNotification {
  /** Its id, if it is new. */
  readonly id: string;
  readonly receivedAt: number;
  readonly repeat: RepeatKeys;
  /** Everything of the payload but its alerts, as JSON. Stored once. */
  readonly head: string;
  /** The alerts, in pieces. Events are numbered through all pieces, from 0. */
  readonly pieces: readonly NewPiece[];
}

/** What decides whether a notification is a repeat; see repeats.ts. */
export interface RepeatKeys {
  /** The stream that the notification belongs to: hash of path, receiver and group key. */
  readonly groupId: string;
  /** Equal for two copies of one notification. */
  readonly key: string;
  /** How long the key is remembered, from its first acceptance. 0: not at all. */
  readonly windowMs: number;
  /** Alertmanager says that this is a reminder. */
  readonly reminder: boolean;
  /** The list was cut: it says nothing about alerts that are not in it. */
  readonly truncated: boolean;
}

/** Some alerts of a notification that go the same way with the same rank: the unit of storage. */
export interface NewPiece {
  readonly rank: number;
  /** Names of registered lanes; empty for alerts that no route takes, which are remembered but not stored. */
  readonly lanes: readonly string[];
  /** A JSON array of the alerts as they were posted. */
  readonly alerts: string;
  /** One per alert, in the order of `alerts`. */
  readonly states: readonly AlertState[];
}

/** An alert's identity and what it is doing, as far as repeats are concerned. */
export interface AlertState {
  readonly fingerprint: string;
  /** Equal for two listings of one state: status, start and, if resolved, end. */
  readonly state: string;
  readonly firing: boolean;
}

/** What became of a notification. */
export type Appended =
  | { readonly kind: 'duplicate'; readonly notificationId: string }
  | {
      readonly kind: 'accepted';
      readonly notificationId: string;
      /** Alerts listed again in a state already accepted: not queued. */
      readonly relisted: number;
      /** Events queued, by lane; lanes with none are left out. */
      readonly queued: Readonly<Record<string, number>>;
    };

/** How a lane stands. */
export interface LaneView {
  readonly hold: Hold | undefined;
  /** Starts of the latest attempts with the lane's pace key, oldest first, at most 100; none lies after `at`. */
  readonly starts: readonly number[];
  /** Changes with every start of an attempt under the pace key: hand it to seal() and begin(). */
  readonly paceMark: number;
  /** The sealed message that the lane must get through before any other; not those set aside. */
  readonly current: OpenMessage | undefined;
  /** Of the messages set aside, the one that is due first. */
  readonly setAside: OpenMessage | undefined;
  /** Events not yet given to a message. */
  readonly unsealed: number;
  /** Events in the lane: unsealed or in messages that are not settled. */
  readonly waiting: number;
  /** When the longest waiting of them was received. */
  readonly oldestAt: number | undefined;
}

/** A lane sends nothing until `until`. `blocked`: until then nobody need try, unless the configuration changes. */
export interface Hold {
  readonly kind: 'parked' | 'blocked';
  readonly reason: Reason;
  readonly detail: string;
  readonly since: number;
  readonly until: number;
  /** How many times in a row the lane was blocked without a delivery between; 0 when parked. */
  readonly count: number;
}

/** A sealed message that is not settled. */
export interface OpenMessage {
  /** The row, for begin() and settle(). */
  readonly ref: number;
  /** The id as the channel knows it. */
  readonly id: string;
  readonly form: string;
  readonly body: string;
  readonly retryAt: number;
  readonly history: MessageHistory;
}

/** What earlier attempts came to. */
export interface MessageHistory {
  /** How many events it covers. */
  readonly events: number;
  readonly attempts: number;
  /** In a row: the channel was in trouble. */
  readonly channelFailures: number;
  /** The message failed by itself. */
  readonly ownFailures: number;
  /** An attempt under the present id may have reached people. */
  readonly ambiguous: boolean;
  /** How the message was already mended. */
  readonly mends: readonly Mend[];
  readonly sealedAt: number;
}

/** At most `maxEvents` events whose alerts make up about `maxBytes` of JSON (at least one event). */
export interface PageRequest {
  readonly lane: string;
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** Events to compose from. Alerts with a message set aside are passed over: their states must not overtake each other. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** How the next message must differ from one that was refused; then the events are just those of that message. */
  readonly mends: readonly Mend[];
}

/** One event as stored. */
export interface StoredEvent {
  readonly place: EventPlace;
  readonly notificationId: string;
  /** The event's number in its notification. */
  readonly number: number;
  readonly receivedAt: number;
  /** Shared by all events of the page that came with the same notification: parse it once. */
  readonly head: string;
  /** The alerts of the event's piece, as JSON; shared likewise. The event is the one at `place.index`. */
  readonly alerts: string;
}

/** Where an event waits: opaque to everybody but the outbox. */
export interface EventPlace {
  readonly rank: number;
  readonly piece: number;
  readonly runFirst: number;
  readonly index: number;
}

/** A message to be sealed. */
export interface SealRequest {
  readonly lane: string;
  readonly id: string;
  readonly form: string;
  readonly body: string;
  readonly mends: readonly Mend[];
  /** The events it covers: the first of a page, in the page's order. */
  readonly covers: readonly EventPlace[];
  readonly paceMark: number;
  readonly at: number;
}

/** A further attempt of a message, under its present id. */
export interface BeginRequest {
  readonly lane: string;
  readonly message: number;
  readonly paceMark: number;
  readonly at: number;
}

/** An attempt has begun: its start is on record. */
export interface Started {
  readonly attempt: number;
  readonly message: OpenMessage;
}

/** How an attempt ended and what follows. */
export interface SettleRequest {
  readonly lane: string;
  readonly attempt: number;
  readonly message: number;
  readonly outcome: OutcomeKind;
  readonly reason: Reason;
  readonly detail: string;
  readonly settlement: Settlement;
  readonly at: number;
}

/** What follows from an attempt: delivery/settle.ts decides, the outbox records. */
export interface Settlement {
  readonly message: MessageSettlement;
  /** The lane (or all that share its credential or plugin) sends nothing for a while. */
  readonly hold?: Omit<Hold, 'since'> & { readonly scope: 'lane' | 'credential' | 'plugin' };
}

/** What settle() changed; nothing if the attempt was settled before. */
export interface Settled {
  /** Events that have left the lane, delivered or dead. */
  readonly events: number;
  /** When they were received, with how many of them then. */
  readonly received: readonly { readonly at: number; readonly events: number }[];
}

/** What becomes of the message. */
export type MessageSettlement =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'again';
      readonly at: number;
      /** A new id, if every attempt under the old one was definitely refused. */
      readonly freshId?: string;
      /** Others may pass; later states of its own alerts wait. */
      readonly setAside: boolean;
      readonly history: Pick<MessageHistory, 'channelFailures' | 'ownFailures' | 'ambiguous'>;
    }
  /** The seal is void: the events return to the front of the lane, at most `atMost` of them to a message. */
  | { readonly kind: 'recompose'; readonly mends: readonly Mend[]; readonly atMost: number }
  | { readonly kind: 'dead' };

/** A lane as metrics and readiness show it. */
export interface LaneReading {
  readonly lane: string;
  readonly waitingEvents: number;
  readonly oldestAt: number | undefined;
  readonly hold: Hold | undefined;
  readonly lastSuccessAt: number | undefined;
}

/** A message given up on, with what it was about. */
export interface DeadLetter {
  readonly message: number;
  readonly reason: Reason;
  readonly detail: string;
  readonly diedAt: number;
  readonly attempts: number;
  readonly events: readonly StoredEvent[];
}

/** What is old enough to go. */
export interface PruneRequest {
  readonly settledBefore: number;
  readonly deadBefore: number;
  /** Most rows of a kind that one call removes. */
  readonly batch: number;
}
