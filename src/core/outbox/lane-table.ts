/** The table of lanes as Kysely sees it. Part of the outbox's schema (schema.ts). */
import type { Generated } from 'kysely';

/** A lane: one sink's queue. `waiting` counts its events, so that nobody has to count rows. */
export interface LaneTable {
  id: Generated<number>;
  name: string;
  plugin: string;
  config_hash: string;
  waiting: Generated<number>;
  last_success_at: number | null;
  /** When the latest message was sealed that a critical event leads. */
  last_critical_at: number | null;
  /** Messages of more than one event that were sealed since the lane was last empty. */
  storm_parts: Generated<number>;
  /** Events that expired and of which no message has told. */
  expired_untold: Generated<number>;
  /** The last trouble that kept the lane from delivering: a DelayCause, since when, how often in a row, and when it was over. */
  trouble: string | null;
  trouble_since: number | null;
  trouble_ended_at: number | null;
  trouble_failures: Generated<number>;
  /** The answer that makes the trouble, and its words, while the channel gives it to every message; null for any other trouble. */
  trouble_reason: string | null;
  trouble_detail: string | null;
  /** How many messages the lane has ever delivered: what passed between two failures is told by this order, not by a clock. */
  deliveries: Generated<number>;
  /** Since its last delivery: failures that a message or the channel may be at fault for, and single events that were refused for good. */
  doubted_failures: Generated<number>;
  doubted_refusals: Generated<number>;
  /** When the lane may try again, and when that was decided. */
  retry_at: number | null;
  retry_set_at: number | null;
  /** The replica that drains it; null if none does. */
  owner: string | null;
  /** Grows with every claim: what was begun under an older one does nothing any more. */
  epoch: Generated<number>;
  /** Until when the owner may begin sends, and from when on another may claim the lane; null: for as long as it likes. */
  lease_until: number | null;
  free_at: number | null;
}
