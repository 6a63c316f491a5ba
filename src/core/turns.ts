/**
 * Lanes and webhooks take turns on the one thread that both need. Reading an event takes microseconds, telling people of it ten times as
 * much: without turns a lane that works off a backlog would fall further behind with each webhook that comes meanwhile. So while it does,
 * no more events are read than it tells. A lane that waits for its channel is no reason to read less.
 */
import type { Clock } from './clock.ts';

/** One lane's part. */
export interface LaneTurn {
  /** The lane has something to do here and now, with so many events waiting. Counts only if that is a backlog. */
  working(waitingEvents: number): void;
  /** So many of its events are told. */
  told(events: number): void;
  /** It waits: for its channel, its pace, or news. */
  resting(): void;
}

/** The intake's part. */
export interface WebhookTurns {
  /** So many events were read. */
  read(events: number): void;
  /**
   * Calls back when more may be read: in the next turn of the event loop or, if a lane works off a backlog, when it has told more events
   * than were read or has to wait, but after a tenth of a second at the latest, and without delay once a webhook has waited for half a
   * second (`waitedMs`, of the one that waits for longest).
   */
  next(callback: () => void, waitedMs: number): void;
}

/** Both sides. */
export interface Turns {
  readonly webhooks: WebhookTurns;
  /** A lane that rests. */
  forLane(): LaneTurn;
}

/** From here on a lane is behind. A message takes up to some hundred events: fewer are gone in a moment. */
const BACKLOG_EVENTS = 1_000;
/** Of the events that are told so many may come in anew: a backlog is to shrink. */
const READ_SHARE = 0.8;
/** What webhooks may have to wait for lanes in one turn, */
const MOST_HELD_MS = 100;
/** and in all of them, about: answers stay well under a second. */
const MOST_WAITED_MS = 500;

/** For one daemon. */
export function createTurns(clock: Pick<Clock, 'after'>): Turns {
  const atWork = new Set<LaneTurn>();
  /** Events that may be read before more are told; less than nothing if too many were. */
  let room = 0;
  let held: (() => void)[] = [];

  function letIn(): void {
    const callbacks = held;
    held = [];
    for (const callback of callbacks) setImmediate(callback);
  }

  return {
    webhooks: {
      read(events) {
        room -= events;
      },
      next(callback, waitedMs) {
        if (atWork.size === 0) room = 0;
        if (atWork.size === 0 || room > 0 || waitedMs >= MOST_WAITED_MS) {
          setImmediate(callback);
          return;
        }
        const cancel = clock.after(MOST_HELD_MS, letIn);
        held.push(() => {
          cancel();
          callback();
        });
      },
    },
    forLane() {
      const turn: LaneTurn = {
        working(waitingEvents) {
          if (waitingEvents >= BACKLOG_EVENTS) atWork.add(turn);
          else turn.resting();
        },
        told(events) {
          if (!atWork.has(turn)) return;
          room = Math.min(room, 0) + events * READ_SHARE;
          if (room > 0) letIn();
        },
        resting() {
          if (atWork.delete(turn) && atWork.size === 0) letIn();
        },
      };
      return turn;
    },
  };
}
