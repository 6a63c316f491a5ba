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
  /** The name that its path gives to its sender (docs/configuration.md, sources); absent without one. */
  readonly source?: string;
  /** Everything of the payload but its alerts, as JSON. Stored once. */
  readonly head: string;
  /** The alerts, in pieces. Events are numbered through all pieces, from 0. */
  readonly pieces: readonly NewPiece[];
  /**
   * Whether the sender still waits for the answer. Asked when nothing else can be stored in the stream before this notification any more: a
   * sender that was answered otherwise, or has left, may have posted a newer state since. Absent: it waits.
   */
  isWanted?(): boolean;
}

/** What decides whether a notification is a repeat; see repeats.ts. */
export interface RepeatKeys {
  /** The stream that the notification belongs to: hash of path, source, receiver and group key. */
  readonly groupId: string;
  /** Equal for two copies of one notification. */
  readonly key: string;
  /** Who posts it: a hash of Alertmanager's own address; empty if the payload names none. Twins of a cluster have different ones. */
  readonly poster: string;
  /** How long the stream's last notification makes copies, from its first acceptance. 0: nothing is a copy. */
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
  readonly firing: boolean;
  /** In UTC, with nine digits of a second: the texts are in the order of the instants. */
  readonly startsAt: string;
}

/** An alert's state as its stream remembers it. */
export type RememberedState = Pick<AlertState, 'firing' | 'startsAt'>;

/** What became of a notification. */
export type Appended =
  /** Its sender does not wait any more: nothing was stored. */
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'duplicate'; readonly notificationId: string }
  | {
      readonly kind: 'accepted';
      readonly notificationId: string;
      /** Alerts listed again in a state already accepted: not queued. */
      readonly relisted: number;
      /** Events queued, by lane; lanes with none are left out. */
      readonly queued: ReadonlyMap<string, number>;
      /**
       * Two clusters seem to post to one path: an alert fires from one start by one poster, from an earlier one by another. How often that
       * was seen in the stream, this time included; 0 if not this time.
       */
      readonly mixed: number;
    };
