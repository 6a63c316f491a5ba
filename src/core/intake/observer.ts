/** What the intake tells those who watch: metrics and the log. Nothing in the main line depends on it. */
import type { EventStatus } from '../event/event.ts';

/** Called once per accepted notification; must not throw. */
export interface IntakeObserver {
  accepted(notification: {
    readonly id: string;
    readonly received: Readonly<Record<EventStatus, number>>;
    /** Listed again in a state already accepted. */
    readonly relisted: number;
    /** Taken by no route. */
    readonly unrouted: number;
    readonly routed: ReadonlyMap<string, number>;
    readonly queued: ReadonlyMap<string, number>;
  }): void;
  /** Alerts with equal labels that two clusters post to one path, seen so many times in the stream. */
  mixed(notification: { readonly id: string; readonly times: number }): void;
  /** The outbox could not take it; the sender is told to post it again. */
  notStored(error: unknown): void;
  /** A copy of a notification accepted before. */
  duplicate(notification: {
    readonly id: string;
    readonly received: Readonly<Record<EventStatus, number>>;
  }): void;
}
