/**
 * A lane's worker: claim, pace, compose, seal, send, settle, one message after the other. It decides nothing itself (plan.ts and
 * settle.ts do) and keeps nothing that a restart would miss: every round begins with what the outbox says.
 */
import { LeaseLostError } from '../errors.ts';
import type { Expiry } from '../event/expiry.ts';
import type { LaneView, Started } from '../outbox/contract.ts';
import type { Pace } from '../plugin/contract.ts';
import { type AttemptContext, type AttemptOptions, attempt, OUTBOX_BACKOFF } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { expiredBefore } from './expiry.ts';
import { canHandOver, fallbackAt, standInOf } from './fallback.ts';
import type { SinkHost } from './hosts.ts';
import type { LaneLease } from './lane-lease.ts';
import { monthKey, warningAt } from './month.ts';
import { createNextMessage, type NextMessageOptions } from './next-message.ts';
import { canUnseal, dueAtOnce, planStep, type Step } from './plan.ts';
import { deafFor, NO_REST, type Rest, restUntil, STORM_LOOK_MS } from './rest.ts';
import { createSleeper } from './sleeper.ts';

/** What a lane needs. */
export interface LaneOptions extends AttemptOptions, NextMessageOptions {
  readonly lease: LaneLease;
  readonly host: Pick<SinkHost, 'delivered' | 'onOther'>;
  readonly expireAfter: Expiry;
}

/** One sink's worker. */
export interface Lane {
  /** Begins to work, once. */
  start(): void;
  /** Something has arrived for this lane. */
  wake(): void;
  /** When it has come to its end, asked to or because its lease is over. Never rejects. */
  ended(): Promise<void>;
  /** Begins nothing new, waits up to `graceMs` for the send under way, then aborts it. Never rejects. */
  stop(graceMs: number): Promise<void>;
}

/** A lane that is not yet working. */
export function createLane(options: LaneOptions): Lane {
  const { name, sink, host, outbox, clock, observer, fallback, lease, turn } = options;
  const { epoch } = lease;
  const { budget } = sink.limits;
  const paces = pacesByKey(options);
  const nextMessage = createNextMessage(options);
  const stopping = new AbortController();
  const sending = new AbortController();
  const ending = AbortSignal.any([stopping.signal, lease.over]);
  const sleeper = createSleeper(clock, ending);
  /** The last send reached nobody; another sink has delivered at the same host since it began. */
  let isUnreached = false;
  let hostAnswers = false;
  /** A lane that has to wait looks often and sends seldom: what it could send is not read each time. */
  let likelyComposes = true;
  let working: Promise<void> = Promise.resolve();

  async function work(): Promise<void> {
    let failures = 0;
    while (!ending.aborted) {
      sleeper.listen();
      let rest: Rest;
      try {
        rest = await round();
        failures = 0;
      } catch (error) {
        if (error instanceof LeaseLostError) {
          turn.resting();
          return lease.lost();
        }
        failures += 1;
        rest = deafFor(backoffMs(OUTBOX_BACKOFF, failures, options.random()));
        observer.laneFailed(name, error, failures);
      }
      if (rest.ms > 0) turn.resting();
      await sleeper.rest(rest);
    }
    turn.resting();
  }

  function hear(): void {
    hostAnswers = true;
    if (isUnreached) sleeper.goOn();
  }

  /** One step; answers how long to rest before the next. */
  async function round(): Promise<Rest> {
    const at = clock.now();
    const month = budget && monthKey(budget, at);
    const read = await outbox.view({
      lane: name,
      at,
      ...(month === undefined ? {} : { month }),
      ...(paces.size === 0 ? { latestStartOnly: true } : {}),
      ...(likelyComposes ? { page: nextMessage.page } : {}),
    });
    turn.working(read.waiting);
    if (await expire(read, at)) return NO_REST;
    // Where nothing was sent, nothing can be doubled.
    const view = isUnreached && hostAnswers ? dueAtOnce(read, at) : read;
    const step = planStep(view, { at, paces });
    likelyComposes = step.kind !== 'wait' || step.why === 'empty';
    return await act(view, step, { at, month });
  }

  async function act(view: LaneView, step: Step, { at, month }: Now): Promise<Rest> {
    switch (step.kind) {
      case 'wait':
        return await waitOrHandOver(view, step, at);
      case 'unseal':
        await outbox.unseal({ lane: name, epoch, message: step.message.ref, at });
        return NO_REST;
      case 'resend': {
        const { paceKey, paceMark } = step.under;
        const under = { paceKey, paceMark, ...(month === undefined ? {} : { month }) };
        const started = await outbox.begin({ lane: name, epoch, message: step.message.ref, under, at });
        await send(started, { view, under: step.under });
        return NO_REST;
      }
      case 'compose':
        return await composeAndSend(view, step, { at, month });
      default:
        return step satisfies never;
    }
  }

  async function composeAndSend(view: LaneView, step: Compose, { at, month }: Now): Promise<Rest> {
    const next = await nextMessage.compose(view, step.room, at);
    if (next.kind === 'none') {
      // All that waits belongs to alerts with a message set aside.
      const rest = { ...view, unsealed: 0 };
      return await act(rest, planStep(rest, { at, paces }), { at, month });
    }
    if (next.kind === 'gather') return restUntil({ why: 'gather', until: next.until }, at);
    const { paceKey, paceMark } = step.under;
    const started = await outbox.seal({
      lane: name,
      epoch,
      id: options.newId(),
      ...next.sealed,
      under: { paceKey, paceMark, ...(month === undefined ? {} : { month }) },
      at,
    });
    if (started !== 'stale') nextMessage.sent(next.sealed.covers.length, at);
    await send(started, { view, under: step.under });
    return NO_REST;
  }

  async function send(started: Started | 'stale', begun: Omit<AttemptContext, 'signal'>): Promise<void> {
    if (started === 'stale') return;
    hostAnswers = false;
    const settlement = await attempt(options, started, { ...begun, signal: sending.signal });
    isUnreached = settlement?.uncounted === true;
    if (settlement?.message.kind === 'delivered') host.delivered();
    const calls = started.monthCalls;
    const percent = budget && warningAt(budget, calls);
    // A call that was taken back is made again, and would warn again.
    if (budget !== undefined && percent !== undefined && settlement?.uncounted !== true)
      observer.monthReached({ lane: name, budget, calls, percent });
  }

  async function expire({ oldestAt }: LaneView, at: number): Promise<boolean> {
    let expired = 0;
    for (const { rank, before } of expiredBefore(options.expireAfter, { oldestAt, at }))
      expired += await outbox.expire({ lane: name, epoch, rank, before, id: options.newId(), at });
    if (expired > 0) observer.expired(name, expired);
    return expired > 0;
  }

  /** While the channel keeps the lane waiting for long, others are told in its place. */
  async function waitOrHandOver(view: LaneView, step: Wait, at: number): Promise<Rest> {
    const rest = restUntil(step, at);
    const dueAt = fallback && canHandOver(step.why, view) ? fallbackAt(fallback, view) : undefined;
    if (fallback === undefined || dueAt === undefined) return rest;
    // From now on news matters: it may have to go elsewhere at once.
    if (dueAt > at) return { ms: Math.min(rest.ms, dueAt - at), deafMs: 0 };
    if (view.current !== undefined && canUnseal(view.current)) {
      await outbox.unseal({ lane: name, epoch, message: view.current.ref, at });
      return NO_REST;
    }
    const handed = await outbox.handOver({ lane: name, epoch, ...standInOf(fallback), at });
    if (handed.events > 0) {
      observer.handedOver(name, fallback.sink, handed.events);
      options.wake(fallback.sink);
    }
    return handed.more ? NO_REST : { ms: rest.ms, deafMs: Math.min(rest.ms, STORM_LOOK_MS) };
  }

  return {
    start() {
      nextMessage.begin(clock.now());
      working = work().finally(host.onOther(hear));
    },
    wake: sleeper.news,
    ended: () => working,
    async stop(graceMs) {
      stopping.abort();
      const graceOver = new AbortController();
      await Promise.race([working, clock.wait(graceMs, graceOver.signal)]);
      graceOver.abort();
      sending.abort();
      await working;
    },
  };
}

interface Now {
  readonly at: number;
  readonly month: string | undefined;
}
type Compose = Extract<Step, { kind: 'compose' }>;
type Wait = Extract<Step, { kind: 'wait' }>;

/** The core's keys and the plugin's paces are in one order; a sink without paces has one key and no limit. */
function pacesByKey({ paceKeys, sink }: LaneOptions): ReadonlyMap<string, Pace> {
  const { paces = [] } = sink.limits;
  return new Map(paces.map((pace, index) => [paceKeys[index] ?? '', pace]));
}
