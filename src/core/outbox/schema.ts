/**
 * The outbox's tables as Kysely sees them; migrations/ creates them. JSON is kept as text: what came in is stored as it came, and
 * both engines treat it alike. A notification and its pieces are stored once; lanes refer to them by runs.
 */
import type { Generated } from 'kysely';
import type { LaneTable } from './lane-table.ts';

export type { LaneTable } from './lane-table.ts';

/** A notifierd at work. */
export interface ReplicaTable {
  id: string;
  /** Names of the lanes that its configuration has, as JSON. */
  lanes: string;
  /** When it is given up if it is not heard of. */
  gone_at: number;
}

/** A lane whose configuration once named that fallback: what is done to one may touch the other. */
export interface LaneLinkTable {
  lane_id: number;
  fallback_id: number;
}

/** A credential that a lane may send under, by its hash, and what keeps the lane from using it. */
export interface LaneCredentialTable {
  lane_id: number;
  pace_key: string;
  /** `parked`, `blocked` or null; the other hold columns say for whom, since when, until when, and why. */
  hold: string | null;
  hold_scope: string | null;
  hold_reason: string | null;
  hold_detail: string | null;
  hold_since: number | null;
  hold_until: number | null;
  hold_count: Generated<number>;
}

/** A notification without its alerts. */
export interface NotificationTable {
  id: Generated<number>;
  uuid: string;
  /** The name that its path gave to its sender; null without one. */
  source: string | null;
  head: string;
  received_at: number;
  /** Events of it that lanes still hold, dead letters included; at 0 it may be pruned. */
  pending: number;
  /** When `pending` became 0. */
  settled_at: number | null;
}

/** Some alerts of a notification, packed JSON (operations/packed.ts); `fingerprints` are theirs, in order, parted by blanks. */
export interface PieceTable {
  id: Generated<number>;
  notification_id: number;
  first_number: number;
  fingerprints: string;
  alerts: Uint8Array;
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
  /** Since when they wait: their receipt or, for a dead letter that is tried again, when that was asked. */
  waiting_since: number;
  /** After a refusal: how the next message must be mended (parted by blanks), and how many events it may cover. */
  mends: string | null;
  at_most: number | null;
  /** The lane that cannot deliver and for which these stand in; null for the lane's own. */
  fallback_of: number | null;
  /** The lane that tells them in this one's place; the lane's own id if nobody need (any more); null if nobody was asked. */
  handed_to: number | null;
}

/** A sealed message. `state` is a MessageState (dead-letter.ts), `body` is packed (operations/packed.ts). */
export interface MessageTable {
  id: Generated<number>;
  uuid: string;
  lane_id: number;
  state: string;
  form: string;
  mends: string;
  events: number;
  oldest_at: number;
  sealed_at: number;
  settled_at: number | null;
  /** When it is due, and when that was decided. */
  retry_at: number;
  retry_set_at: number;
  attempts: number;
  /** Under which credential the latest attempt went. */
  pace_key: string;
  /** How many failures count against it, and how many messages its lane had delivered at its last failure; null if it has not failed. */
  own_failures: number;
  failed_after: number | null;
  /** The latest attempt that was settled: the order in which messages set aside were tried. */
  last_attempt: number | null;
  /** 1 if an attempt under the present uuid may have reached people. */
  ambiguous: number;
  /** Of how many expired events it tells. */
  expired_told: number;
  reason: string | null;
  detail: string | null;
  body: Uint8Array;
}

/** The events a message covers, as runs. */
export interface MessagePartTable {
  message_id: number;
  ordinal: number;
  rank: number;
  piece_id: number;
  first: number;
  last: number;
  waiting_since: number;
  fallback_of: number | null;
  handed_to: number | null;
}

/**
 * One send. `paced_at` is what the pace counts: `started_at`, unless that turned out to lie in the future; 0 if the send never reached the
 * channel.
 */
export interface AttemptTable {
  id: Generated<number>;
  message_id: number;
  lane_id: number;
  pace_key: string;
  uuid: string;
  started_at: number;
  paced_at: number;
  /** The month that it was counted in: a key of month_calls. */
  month: string | null;
  ended_at: number | null;
  outcome: string | null;
  reason: string | null;
  detail: string | null;
}

/** An alert with a message set aside: its later states wait. */
export interface SetAsideAlertTable {
  lane_id: number;
  /** An alertKey() (operations/stored-piece.ts). */
  alert: string;
  message_id: number;
}

/** What was accepted in one stream of notifications (path, receiver, group); see repeats.ts. */
export interface GroupMemoryTable {
  id: string;
  memory: string;
  updated_at: number;
}

/** How many calls of an organization's month were begun. */
export interface MonthCallsTable {
  /** The organization's name, a blank, and the month. */
  month: string;
  calls: number;
  updated_at: number;
}

/** When a heartbeat was last heard of. */
export interface HeartbeatTable {
  id: string;
  heard_at: number;
}

/** This outbox was moved to another place, or came from one: a row of the same id on both sides. No row if neither. */
export interface MoveTable {
  id: string;
  /** A MoveState (move/marker.ts), and the other place. */
  state: string;
  place: string;
}

/** All tables. */
export interface OutboxTables {
  lane: LaneTable;
  lane_link: LaneLinkTable;
  replica: ReplicaTable;
  heartbeat: HeartbeatTable;
  lane_credential: LaneCredentialTable;
  month_calls: MonthCallsTable;
  notification: NotificationTable;
  piece: PieceTable;
  run: RunTable;
  message: MessageTable;
  message_part: MessagePartTable;
  attempt: AttemptTable;
  set_aside_alert: SetAsideAlertTable;
  group_memory: GroupMemoryTable;
  move: MoveTable;
}
