/**
 * The next message of a lane, not yet sealed: the front of the lane is read, the plugin composes, and if starts are scarce the message
 * may be worth keeping back. What is remembered here only smooths how starts are used: a restart may forget it.
 */
import type { LaneView, Outbox, PageRequest, SealRequest } from '../outbox/contract.ts';
import type { Event, Sink } from '../plugin/contract.ts';
import { composeNext } from './compose.ts';
import { delayCause } from './delay-cause.ts';
import { type GatherConfig, leaveAt } from './gather.ts';
import { thriftAt } from './month.ts';
import type { LaneObserver } from './observer.ts';
import type { Room } from './plan.ts';
import { type ReadEvent, readEvents } from './read-events.ts';

/** What composing needs. */
export interface NextMessageOptions {
  readonly name: string;
  readonly sink: Sink;
  readonly outbox: Outbox;
  readonly observer: LaneObserver;
  readonly readEvent: ReadEvent;
  readonly gather: GatherConfig;
}

/** What came of it. */
export type Next =
  /** No event can be told now. */
  | { readonly kind: 'none' }
  /** More events may come until then. */
  | { readonly kind: 'gather'; readonly until: number }
  /** To be sealed. */
  | {
      readonly kind: 'message';
      readonly sealed: Omit<SealRequest, 'lane' | 'epoch' | 'id' | 'under' | 'at'>;
    };

/** Composes for one lane. */
export interface NextMessage {
  /** The page that compose() begins with: to be asked for together with the view, if it is likely to be needed. */
  readonly page: Omit<PageRequest, 'lane'>;
  /** The lane begins to work. */
  begin(at: number): void;
  compose(view: LaneView, room: Room, at: number): Promise<Next>;
  /** What was composed was sealed, with so many events. */
  sent(events: number, at: number): void;
}

/** Most JSON that one page holds, so that memory stays flat whatever waits. */
const PAGE_BYTES = 1024 * 1024;
/** What comes within this time is judged together, sent or not. */
const RECENT_MS = 10_000;

/** For one lane. */
export function createNextMessage(options: NextMessageOptions): NextMessage {
  const { name, sink, outbox, observer } = options;
  const { budget, eventsPerMessage, paces = [] } = sink.limits;
  let startedAt = 0;
  let recent: readonly { readonly at: number; readonly events: number }[] = [];

  const wanted = { maxEvents: eventsPerMessage, maxBytes: PAGE_BYTES };

  return {
    page: wanted,
    begin(at) {
      startedAt = at;
    },
    async compose(view, room, at) {
      const page = view.page ?? (await outbox.page({ lane: name, ...wanted }));
      if (page.events.length === 0) return { kind: 'none' };
      const events = readEvents(page.events, options.readEvent);
      const thrift = budget === undefined ? 0 : thriftAt(budget, { calls: view.monthCalls, at });
      recent = recent.filter((sent) => sent.at > at - RECENT_MS && sent.at <= at);
      const pressure = {
        waitingEvents: view.waiting,
        freeStarts: room.freeStarts,
        spentStarts: room.spent.length,
        oldestWaitMs: view.oldestAt === undefined ? 0 : Math.max(0, at - view.oldestAt),
        recentEvents: recent.reduce((sum, sent) => sum + sent.events, 0),
        thrift,
      };
      const receivedAt = oldestOf(events);
      const delayedBy = delayCause({
        receivedAt,
        trouble: view.trouble,
        isPaced: paces.length > 0,
        startedAt,
      });
      const message = composeNext(sink, events, {
        context: {
          pressure,
          now: at,
          part: view.part,
          mends: page.mends,
          expired: view.expired,
          ...(delayedBy === undefined ? {} : { delayedBy }),
        },
        onFailure: (error) => observer.composeFailed(name, error),
      });
      const keptBackUntil = leaveAt(
        {
          pace: room.pace,
          starts: room.spent,
          freeStarts: room.freeStarts,
          open: message.open ?? false,
          oldestAt: oldestBefore(view, at),
          rank: view.frontRank ?? 0,
          lastCriticalAt: view.lastCriticalAt,
          thrift,
        },
        options.gather,
      );
      if (keptBackUntil > at) return { kind: 'gather', until: keptBackUntil };
      const { form, body, covers, tellsExpired = false } = message;
      return {
        kind: 'message',
        sealed: {
          form,
          body,
          mends: page.mends,
          covers: page.events.slice(0, covers).map((event) => event.place),
          expiredTold: tellsExpired ? view.expired : 0,
        },
      };
    },
    sent(events, at) {
      recent = [...recent, { at, events }];
    },
  };
}

/** What was received in the future (the clock was set back) has waited nobody knows how long. */
function oldestBefore({ oldestAt = 0 }: LaneView, at: number): number {
  return oldestAt > at ? Number.NEGATIVE_INFINITY : oldestAt;
}

function oldestOf(events: readonly Event[]): number {
  return events.reduce((oldest, { receivedAt }) => Math.min(oldest, receivedAt), Number.POSITIVE_INFINITY);
}
