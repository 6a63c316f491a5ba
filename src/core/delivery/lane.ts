/**
 * A lane's worker: claim, pace, compose, seal, send, settle, one message after the other. It decides nothing itself (plan.ts and
 * settle.ts do) and keeps nothing that a restart would miss: every round begins with what the outbox says.
 */
import type { Clock } from '../clock.ts';
import type { LaneView, Outbox, Started } from '../outbox/contract.ts';
import type { Log, Message, Outcome, Sink } from '../plugin/contract.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { composeNext } from './compose.ts';
import type { LaneObserver } from './observer.ts';
import { planStep } from './plan.ts';
import { type ReadEvent, readEvents } from './read-events.ts';
import { settleOutcome } from './settle.ts';

/** What a lane needs. */
export interface LaneOptions {
  /** The sink's name. */
  readonly name: string;
  readonly sink: Sink;
  readonly outbox: Outbox;
  readonly readEvent: ReadEvent;
  readonly clock: Clock;
  readonly observer: LaneObserver;
  readonly log: Log;
  /** From 0 to 1, for jitter. */
  random(): number;
  /** A new UUID. */
  newId(): string;
}

/** One sink's worker. */
export interface Lane {
  /** Begins to work, once. */
  start(): void;
  /** Something has arrived for this lane. */
  wake(): void;
  /** Begins nothing new, waits up to `graceMs` for the send under way, then aborts it. Never rejects. */
  stop(graceMs: number): Promise<void>;
}

/** The outbox cannot be read or written: knock again, soon at first. */
const OUTBOX_BACKOFF: Backoff = { firstMs: 200, mostMs: 10_000 };
/** Longest sleep: after a jump of the clock nobody waits longer than this for what is due. */
const LONGEST_SLEEP_MS = 30_000;
/** Most JSON that one page holds, so that memory stays flat whatever waits. */
const PAGE_BYTES = 1024 * 1024;

/** A lane that is not yet working. */
export function createLane(options: LaneOptions): Lane {
  const { name, sink, outbox, clock, observer, log } = options;
  const stopping = new AbortController();
  const sending = new AbortController();
  let alarm = new AbortController();
  let working: Promise<void> = Promise.resolve();

  async function work(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      // Renewed before the outbox is read: what arrives from here on ends the sleep that follows.
      alarm = new AbortController();
      let sleepMs: number;
      try {
        sleepMs = await round();
        failures = 0;
      } catch (error) {
        failures += 1;
        sleepMs = backoffMs(OUTBOX_BACKOFF, failures, options.random());
        observer.laneFailed(name, error, failures);
      }
      if (sleepMs > 0) await clock.wait(sleepMs, AbortSignal.any([alarm.signal, stopping.signal]));
    }
  }

  /** One step; answers how long to sleep before the next. */
  async function round(): Promise<number> {
    const at = clock.now();
    const view = await outbox.view(name, at);
    const step = planStep(view, { at, pace: sink.limits.pace });
    switch (step.kind) {
      case 'wait':
        return Math.min(step.until === undefined ? LONGEST_SLEEP_MS : step.until - at, LONGEST_SLEEP_MS);
      case 'resend': {
        const started = await outbox.begin({
          lane: name,
          message: step.message.ref,
          paceMark: view.paceMark,
          at,
        });
        if (started !== 'stale') await attempt(started, view);
        return 0;
      }
      case 'compose':
        return await composeAndSend(view, step.freeStarts, at);
      default:
        return step satisfies never;
    }
  }

  async function composeAndSend(view: LaneView, freeStarts: number, at: number): Promise<number> {
    const page = await outbox.page({
      lane: name,
      maxEvents: sink.limits.eventsPerMessage,
      maxBytes: PAGE_BYTES,
    });
    // All that waits belongs to alerts with a message set aside.
    if (page.events.length === 0) return Math.min((view.setAside?.retryAt ?? at) - at, LONGEST_SLEEP_MS);
    const pressure = {
      waitingEvents: view.waiting,
      freeStarts,
      oldestWaitMs: view.oldestAt === undefined ? 0 : Math.max(0, at - view.oldestAt),
    };
    const events = readEvents(page.events, options.readEvent);
    const message: Message = composeNext(sink, events, {
      context: { pressure, now: at, part: 1, mends: page.mends },
      onFailure: (error) => observer.composeFailed(name, error),
    });
    const covers = page.events.slice(0, message.covers).map((event) => event.place);
    const { form, body } = message;
    const id = options.newId();
    const { paceMark } = view;
    const started = await outbox.seal({
      lane: name,
      id,
      form,
      body,
      mends: page.mends,
      covers,
      paceMark,
      at,
    });
    if (started !== 'stale') await attempt(started, view);
    return 0;
  }

  async function attempt({ attempt: ref, message }: Started, view: LaneView): Promise<void> {
    const begun = clock.elapsed();
    const outcome = await sendOnce(message);
    const seconds = (clock.elapsed() - begun) / 1000;
    const settlement = settleOutcome(outcome, {
      history: message.history,
      blockedCount: view.hold?.kind === 'blocked' ? view.hold.count : 0,
      now: clock.now(),
      random: options.random(),
      freshId: options.newId(),
    });
    observer.attemptEnded({ lane: name, message, outcome, settlement, seconds });
    await settleUntilStored({ ref, message: message.ref, outcome, settlement });
  }

  async function sendOnce(message: Started['message']): Promise<Outcome> {
    const { id, form, body } = message;
    try {
      return await sink.send({ id, form, body }, sending.signal);
    } catch (error) {
      observer.sendThrew(name, error);
      return {
        kind: 'retry',
        reason: 'internal',
        ambiguous: true,
        detail: 'the plugin failed; its log line says how',
      };
    }
  }

  /** The outcome is known: it is kept in hand until the outbox has it, or else a restart would send the message again. */
  async function settleUntilStored({ ref, message, outcome, settlement }: Ended): Promise<void> {
    for (let failures = 1; ; failures++) {
      const at = clock.now();
      try {
        const settled = await outbox.settle({
          lane: name,
          attempt: ref,
          message,
          outcome: outcome.kind,
          reason: outcome.kind === 'delivered' ? 'ok' : outcome.reason,
          detail: outcome.kind === 'delivered' ? '' : outcome.detail,
          settlement,
          at,
        });
        return observer.settled({ lane: name, settlement, settled, at });
      } catch (error) {
        observer.laneFailed(name, error, failures);
        if (sending.signal.aborted) return;
        await clock.wait(backoffMs(OUTBOX_BACKOFF, failures, options.random()), sending.signal);
      }
    }
  }

  return {
    start() {
      working = work();
    },
    wake() {
      alarm.abort();
    },
    async stop(graceMs) {
      stopping.abort();
      const graceOver = new AbortController();
      await Promise.race([working, clock.wait(graceMs, graceOver.signal)]);
      graceOver.abort();
      sending.abort();
      await working;
      await sink.close?.().catch((error: unknown) => log.warn('closing the sink failed', { error }));
    },
  };
}

interface Ended {
  readonly ref: number;
  readonly message: number;
  readonly outcome: Outcome;
  readonly settlement: ReturnType<typeof settleOutcome>;
}
