/**
 * The outbox's tables as Kysely sees them; migrations/ creates them. JSON is kept as text: what came in is stored as it came, and
 * both engines treat it alike. A notification and its pieces are stored once; lanes refer to them by runs.
 */
import type { Generated } from 'kysely';

/** A lane: one sink's queue. `waiting` counts its events, so that nobody has to count rows. */
export interface LaneTable {
  id: Generated<number>;
  name: string;
  plugin: string;
  pace_key: string;
  config_hash: string;
  waiting: Generated<number>;
  /** `parked`, `blocked` or null; the other hold columns say since when, until when, and why. */
  hold: string | null;
  hold_reason: string | null;
  hold_detail: string | null;
  hold_since: number | null;
  hold_until: number | null;
  hold_count: Generated<number>;
  last_success_at: number | null;
  /** Messages of more than one event that were sealed since the lane was last empty. */
  storm_parts: Generated<number>;
}

/** A notification without its alerts. */
export interface NotificationTable {
  id: Generated<number>;
  uuid: string;
  head: string;
  received_at: number;
  /** Events of it that lanes still hold, dead letters included; at 0 it may be pruned. */
  pending: number;
  /** When `pending` became 0. */
  settled_at: number | null;
}

/** Some alerts of a notification, as JSON; `fingerprints` are theirs, in order, parted by blanks. */
export interface PieceTable {
  id: Generated<number>;
  notification_id: number;
  first_number: number;
  alerts: string;
  fingerprints: string;
}

/**
 * Consecutive events of a piece that wait in a lane: the alerts `first` to `last`. The primary key is the order of the lane, so a
 * page is a scan of its front. Rows go when their events are sealed and come back when a seal is voided.
 */
export interface RunTable {
  lane_id: number;
  rank: number;
  piece_id: number;
  first: number;
  last: number;
  received_at: number;
  /** After a refusal: how the next message must be mended (parted by blanks), and how many events it may cover. */
  mends: string | null;
  at_most: number | null;
}

/** A sealed message. `state` is a MessageState (dead-letter.ts). */
export interface MessageTable {
  id: Generated<number>;
  uuid: string;
  lane_id: number;
  state: string;
  form: string;
  body: string;
  mends: string;
  events: number;
  oldest_at: number;
  sealed_at: number;
  settled_at: number | null;
  /** When it is due, and when that was decided. */
  retry_at: number;
  retry_set_at: number;
  attempts: number;
  channel_failures: number;
  own_failures: number;
  /** 1 if an attempt under the present uuid may have reached people. */
  ambiguous: number;
  reason: string | null;
  detail: string | null;
}

/** The events a message covers, as runs. */
export interface MessagePartTable {
  message_id: number;
  ordinal: number;
  rank: number;
  piece_id: number;
  first: number;
  last: number;
}

/** One send. `paced_at` is what the pace counts; it is `started_at` unless that turned out to lie in the future. */
export interface AttemptTable {
  id: Generated<number>;
  message_id: number;
  lane_id: number;
  pace_key: string;
  uuid: string;
  started_at: number;
  paced_at: number;
  ended_at: number | null;
  outcome: string | null;
  reason: string | null;
  detail: string | null;
}

/** An alert with a message set aside: its later states wait. */
export interface SetAsideAlertTable {
  lane_id: number;
  fingerprint: string;
  message_id: number;
}

/** What was accepted in one stream of notifications (path, receiver, group); see repeats.ts. */
export interface GroupMemoryTable {
  id: string;
  memory: string;
  updated_at: number;
}

/** All tables. */
export interface OutboxTables {
  lane: LaneTable;
  notification: NotificationTable;
  piece: PieceTable;
  run: RunTable;
  message: MessageTable;
  message_part: MessagePartTable;
  attempt: AttemptTable;
  set_aside_alert: SetAsideAlertTable;
  group_memory: GroupMemoryTable;
}
