/**
 * What the intake hands to the outbox and what it is told: a notification, cut into pieces, with all that decides whether it is a
 * repeat. Part of the outbox contract.
 */

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
  /** A JSON array of the alerts as they were posted, or its bytes in UTF-8. */
  readonly alerts: string | Uint8Array;
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
      readonly queued: ReadonlyMap<string, number>;
    };
