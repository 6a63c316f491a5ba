/**
 * What a lane's worker exchanges with the outbox: events to compose from, messages to seal, attempts to settle. Part of the outbox
 * contract.
 */
import type { Mend } from '../plugin/contract.ts';
import type { OutcomeKind, Reason } from '../plugin/outcome.ts';
import type { StandIn } from './hand-over.ts';
import type { Lease } from './lease.ts';
import type { Doubts, Trouble } from './trouble.ts';

/** A sealed message that is not settled. */
export interface OpenMessage {
  /** The row, for begin() and settle(). */
  readonly ref: number;
  /** The id as the channel knows it. */
  readonly id: string;
  readonly form: string;
  readonly body: string;
  readonly retryAt: number;
  /** The credential of its latest attempt. */
  readonly paceKey: string;
  readonly history: MessageHistory;
}

/** What earlier attempts came to. */
export interface MessageHistory {
  /** How many events it covers. */
  readonly events: number;
  readonly attempts: number;
  /** Failures that count against the message. */
  readonly ownFailures: number;
  /** Others pass it. */
  readonly setAside: boolean;
  /** The lane has delivered others since the message last failed by itself; false if it never did. */
  readonly othersPassed: boolean;
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
  /** The event's number in its notification. */
  readonly number: number;
  /** One object for all events of a page that lie in the same piece: parse it once. The event is the alert at `place.index`. */
  readonly piece: StoredPiece;
  /** The lane that cannot deliver it and for which this one stands in; absent for the lane's own. */
  readonly fallbackOf?: string;
}

/** Some alerts of a notification as they were received. */
export interface StoredPiece {
  readonly notificationId: string;
  readonly receivedAt: number;
  /** The name that the notification's path gave to its sender; absent without one. */
  readonly source?: string;
  /** The notification without its alerts, as JSON. */
  readonly head: string;
  /** An array of the alerts, as JSON. */
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
export interface SealRequest extends Lease {
  readonly id: string;
  readonly form: string;
  readonly body: string;
  readonly mends: readonly Mend[];
  /** The events it covers: the first of a page, in the page's order. */
  readonly covers: readonly EventPlace[];
  /** Of how many expired events it tells. */
  readonly expiredTold: number;
  readonly under: Under;
  readonly at: number;
}

/** Under which credential an attempt goes. */
export interface Under {
  readonly paceKey: string;
  /** As the view had it. */
  readonly paceMark: number;
  /** The month in which the call counts: the organization, a blank, and `2026-11`. Absent if calls are not counted. */
  readonly month?: string;
}

/** A further attempt of a message, under its present id. */
export interface BeginRequest extends Lease {
  readonly message: number;
  readonly under: Under;
  readonly at: number;
}

/** An attempt has begun: its start is on record. */
export interface Started {
  readonly attempt: number;
  readonly message: OpenMessage;
  /** Calls begun in the month, this one included; 0 if they are not counted. */
  readonly monthCalls: number;
}

/** A sealed message that is to be composed anew. */
export interface UnsealRequest extends Lease {
  readonly message: number;
  readonly at: number;
}

/** Events of one rank that wait since before `before`. */
export interface ExpireRequest extends Lease {
  readonly rank: number;
  readonly before: number;
  /** A new UUID, for the dead letter. */
  readonly id: string;
  readonly at: number;
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
  /** Who is told of the events if they are given up on, unless they stand in for another lane's. Nobody, if absent. */
  readonly fallback?: StandIn;
  readonly at: number;
}

/** Nothing goes under a credential until `until`. `blocked`: until then nobody need try, unless the configuration changes. */
export interface Hold {
  readonly kind: 'parked' | 'blocked';
  readonly reason: Reason;
  readonly detail: string;
  readonly since: number;
  readonly until: number;
  /** How many times in a row it was blocked without a delivery between; 0 when parked. */
  readonly count: number;
}

/** What follows from an attempt: delivery/settle.ts decides, the outbox records. */
export interface Settlement {
  readonly message: MessageSettlement;
  /** The attempt's credential rests: for this lane, for all lanes that use it, or each credential of the plugin. */
  readonly hold?: Omit<Hold, 'since'> & { readonly scope: HoldScope };
  /** The channel did not deliver; see Trouble. Absent if it answered as it should. */
  readonly trouble?: Pick<Trouble, 'cause' | 'failures' | 'retryAt' | 'toAll'>;
  /** The message or the channel may be at fault: the lane remembers it until it delivers; see Doubts. */
  readonly doubt?: keyof Doubts;
  /** Nothing reached the channel: the call counts neither towards the pace nor towards the month after all. */
  readonly uncounted?: true;
}

/** Whom a hold concerns. */
export type HoldScope = 'lane' | 'credential' | 'plugin';

/** What settle() changed; nothing if the attempt was settled before. */
export interface Settled {
  /** Events that have left the lane, delivered or dead. */
  readonly events: number;
  /** When they were received, with how many of them then. */
  readonly received: readonly { readonly at: number; readonly events: number }[];
  /** How many of them were given up on and wait in the fallback's lane now; absent if none does. */
  readonly handedOver?: number;
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
      readonly history: Pick<MessageHistory, 'ownFailures' | 'ambiguous'>;
    }
  /** The seal is void: the events return to the front of the lane, at most `atMost` of them to a message. */
  | { readonly kind: 'recompose'; readonly mends: readonly Mend[]; readonly atMost: number }
  | { readonly kind: 'dead' };
