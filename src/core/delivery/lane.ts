/**
 * A lane's worker: claim, pace, compose, seal, send, settle, one message after the other. It decides nothing itself (plan.ts and
 * settle.ts do) and keeps nothing that a restart would miss: every round begins with what the outbox says.
 */
import type { LaneView } from '../outbox/contract.ts';
import type { Log } from '../plugin/contract.ts';
import { type AttemptOptions, attempt, OUTBOX_BACKOFF } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { composeNext } from './compose.ts';
import { type GatherConfig, leaveAt } from './gather.ts';
import { planStep, type Step } from './plan.ts';
import { type ReadEvent, readEvents } from './read-events.ts';

/** What a lane needs. */
export interface LaneOptions extends AttemptOptions {
  readonly readEvent: ReadEvent;
  readonly log: Log;
  readonly gather: GatherConfig;
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

/** Longest sleep: after a jump of the clock nobody waits longer than this for what is due. */
const LONGEST_SLEEP_MS = 30_000;
/** How often a lane that waits for its pace or for more events looks at what has come. */
const STORM_LOOK_MS = 200;
/** Most JSON that one page holds, so that memory stays flat whatever waits. */
const PAGE_BYTES = 1024 * 1024;

/** A lane that is not yet working. */
export function createLane(options: LaneOptions): Lane {
  const { name, sink, outbox, clock, observer, log } = options;
  const stopping = new AbortController();
  const sending = new AbortController();
  let alarm = new AbortController();
  let working: Promise<void> = Promise.resolve();
  /** Only smooths how starts are used: a restart may forget it. */
  let lastCriticalAt: number | undefined;

  async function work(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      // Renewed before the outbox is read: what arrives from here on ends the sleep that follows.
      alarm = new AbortController();
      let rest: Rest;
      try {
        rest = await round();
        failures = 0;
      } catch (error) {
        failures += 1;
        rest = deafFor(backoffMs(OUTBOX_BACKOFF, failures, options.random()));
        observer.laneFailed(name, error, failures);
      }
      await sleep(rest);
    }
  }

  async function sleep({ ms, deafMs }: Rest): Promise<void> {
    if (deafMs > 0) await clock.wait(deafMs, stopping.signal);
    if (ms > deafMs) await clock.wait(ms - deafMs, AbortSignal.any([alarm.signal, stopping.signal]));
  }

  /** One step; answers how long to rest before the next. */
  async function round(): Promise<Rest> {
    const at = clock.now();
    const view = await outbox.view(name, at);
    const step = planStep(view, { at, pace: sink.limits.pace });
    switch (step.kind) {
      case 'wait':
        return restUntil(step, at);
      case 'resend': {
        const started = await outbox.begin({
          lane: name,
          message: step.message.ref,
          paceMark: view.paceMark,
          at,
        });
        if (started !== 'stale') await attempt(options, started, { view, signal: sending.signal });
        return NO_REST;
      }
      case 'compose':
        return await composeAndSend(view, step, at);
      default:
        return step satisfies never;
    }
  }

  async function composeAndSend(
    view: LaneView,
    { freeStarts, spentStarts }: Compose,
    at: number,
  ): Promise<Rest> {
    const page = await outbox.page({
      lane: name,
      maxEvents: sink.limits.eventsPerMessage,
      maxBytes: PAGE_BYTES,
    });
    // All that waits belongs to alerts with a message set aside.
    if (page.events.length === 0) return restUntil({ why: 'empty', until: view.setAside?.retryAt }, at);
    const pressure = {
      waitingEvents: view.waiting,
      freeStarts,
      spentStarts,
      oldestWaitMs: view.oldestAt === undefined ? 0 : Math.max(0, at - view.oldestAt),
    };
    const events = readEvents(page.events, options.readEvent);
    const message = composeNext(sink, events, {
      context: { pressure, now: at, part: view.part, mends: page.mends },
      onFailure: (error) => observer.composeFailed(name, error),
    });
    const { pace } = sink.limits;
    const rank = view.frontRank ?? 0;
    const gathering = {
      pace,
      // The window's starts are the latest ones.
      starts: view.starts.slice(view.starts.length - spentStarts),
      freeStarts,
      open: message.open ?? false,
      oldestAt: view.oldestAt ?? at,
      rank,
      lastCriticalAt,
    };
    const keptBackMs = leaveAt(gathering, options.gather) - at;
    if (keptBackMs > 0) return restUntil({ why: 'gather', until: at + keptBackMs }, at);

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
    if (started === 'stale') return NO_REST;
    if (rank === 0) lastCriticalAt = at;
    await attempt(options, started, { view, signal: sending.signal });
    return NO_REST;
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

type Compose = Extract<Step, { kind: 'compose' }>;

/** A rest, which new events end unless they come in its first `deafMs`. */
interface Rest {
  readonly ms: number;
  readonly deafMs: number;
}

const NO_REST: Rest = { ms: 0, deafMs: 0 };

function deafFor(ms: number): Rest {
  return { ms, deafMs: ms };
}

/**
 * What news can change: an empty lane goes on at once; one that waits for its pace or for more events looks again soon, not at
 * every webhook of a storm; one that is held or has a message to get through does not look before its time.
 */
function restUntil(
  { why, until }: { why: Wait['why'] | 'gather'; until: number | undefined },
  at: number,
): Rest {
  const ms = Math.min(Math.max(0, (until ?? at + LONGEST_SLEEP_MS) - at), LONGEST_SLEEP_MS);
  switch (why) {
    case 'empty':
      return { ms, deafMs: 0 };
    case 'pace':
    case 'gather':
      return { ms, deafMs: Math.min(ms, STORM_LOOK_MS) };
    case 'hold':
    case 'retry':
      return deafFor(ms);
    default:
      return why satisfies never;
  }
}

type Wait = Extract<Step, { kind: 'wait' }>;
