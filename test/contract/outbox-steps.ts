/**
 * The steps in which the suites of the outbox contract tell their cases: what a notification brings, what a lane's worker does with
 * it. Each takes its time from the case, T0 unless it says otherwise; nothing waits.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach } from 'node:test';
import type {
  Appended,
  CredentialView,
  DeadLetter,
  HandedOver,
  HandOverRequest,
  LaneReading,
  LaneSetup,
  LaneView,
  NewNotification,
  Outbox,
  Settled,
  Started,
  StoredEvent,
} from '../../src/core/outbox/contract.ts';
import { type LeaseOf, takeLanes } from './lease-steps.ts';
import { type Ending, MINUTE, T0 } from './outbox-endings.ts';

/** An engine on a store of its own. */
export interface OutboxEngine {
  readonly outbox: Outbox;
  /** Closes and opens again on the same store. */
  reopen(): Promise<Outbox>;
  /** Closes and removes the store. */
  remove(): Promise<void>;
}

/** A notification of one piece, as far as a case cares. */
export interface Given {
  /** The alerts' names; each is an event of its own. */
  readonly alerts: readonly string[];
  readonly lanes: readonly string[];
  readonly rank: number;
  readonly state: string;
  readonly at: number;
}

/** A start, as far as a case cares. */
export interface GivenStart {
  /** How many events the message covers. */
  readonly covers: number;
  readonly at: number;
  /** The lane's first credential unless named. */
  readonly paceKey: string;
  readonly month: string;
  readonly expiredTold: number;
}

/** A sink with one credential, of the plugin dingtalk, unless given otherwise. */
export function laneOf(name: string, given: Partial<LaneSetup> = {}): LaneSetup {
  return { name, plugin: 'dingtalk', paceKeys: [`key of ${name}`], configHash: 'c1', ...given };
}

/** The names of the events' alerts. */
export function namesOf(events: readonly StoredEvent[]): string[] {
  return events.map(({ piece, place }) => JSON.parse(piece.alerts)[place.index].name);
}

/** The attempt that has begun; fails if it was stale. */
export function began(started: Started | 'stale'): Started {
  assert.notEqual(started, 'stale');
  return started as Started; // just asserted
}

/** The steps on an outbox of its own for each test of the suite around it. */
export type OutboxSteps = ReturnType<typeof useOutbox>;

/** Opens an outbox with these lanes before each test, taken by a replica that is alone unless said otherwise, and removes it after. */
export function useOutbox(
  open: () => Promise<OutboxEngine>,
  lanes: readonly LaneSetup[],
  take: typeof takeLanes = takeLanes,
) {
  let engine: OutboxEngine;
  let outbox: Outbox;
  let leaseOf: LeaseOf;

  beforeEach(async () => {
    engine = await open();
    outbox = engine.outbox;
    leaseOf = await take(outbox, lanes, T0);
  });
  afterEach(async () => await engine.remove());

  const view = async (lane: string, at = T0): Promise<LaneView> => await outbox.view({ lane, at });
  const credential = async (lane: string, paceKey?: string, at = T0): Promise<CredentialView> => {
    const { credentials } = await view(lane, at);
    const found = credentials.find((one) => one.paceKey === (paceKey ?? setupOf(lane).paceKeys[0]));
    return found ?? assert.fail(`${lane} has no such credential`);
  };
  const setupOf = (name: string): LaneSetup => lanes.find((lane) => lane.name === name) ?? assert.fail(name);
  const underOf = async (lane: string, { paceKey, at, month }: Partial<GivenStart>) => {
    const { paceMark, ...found } = await credential(lane, paceKey, at);
    return { paceKey: found.paceKey, paceMark, ...(month === undefined ? {} : { month }) };
  };

  const seal = async (lane: string, given: Partial<GivenStart> = {}): Promise<Started | 'stale'> => {
    const { covers = 1, at = T0, expiredTold = 0 } = given;
    const { events, mends } = await outbox.page({ lane, maxEvents: covers, maxBytes: 1 << 20 });
    assert.ok(events.length > 0, `nothing waits in ${lane}`);
    return await outbox.seal({
      ...leaseOf(lane),
      id: randomUUID(),
      form: 'text',
      body: namesOf(events).join(' '),
      mends,
      covers: events.map((event) => event.place),
      expiredTold,
      under: await underOf(lane, given),
      at,
    });
  };
  const start = async (lane: string, given: Partial<GivenStart> = {}): Promise<Started> =>
    began(await seal(lane, given));
  const begin = async (
    lane: string,
    { message }: Pick<Started, 'message'>,
    given: Partial<GivenStart> = {},
  ): Promise<Started | 'stale'> =>
    await outbox.begin({
      ...leaseOf(lane),
      message: message.ref,
      under: await underOf(lane, given),
      at: given.at ?? T0,
    });
  const end = async (lane: string, started: Started, ending: Ending, at = T0): Promise<Settled> =>
    await outbox.settle({
      lane,
      attempt: started.attempt,
      message: started.message.ref,
      detail: 'in a test',
      ...ending,
      at,
    });
  /** One message of the lane's next events; the message's row. */
  const send = async (lane: string, ending: Ending, given: Partial<GivenStart> = {}): Promise<number> => {
    const started = await start(lane, given);
    await end(lane, started, ending, given.at);
    return started.message.ref;
  };

  return {
    get outbox() {
      return outbox;
    },
    leaseOf: (lane: string) => leaseOf(lane),
    view,
    credential,
    seal,
    start,
    begin,
    end,
    send,
    async add(given: Partial<Given> = {}): Promise<Appended> {
      return await outbox.append(notification(given));
    },
    /** Names of the events that wait in no message, in the lane's order. */
    async waiting(lane: string): Promise<string[]> {
      const { events } = await outbox.page({ lane, maxEvents: 1000, maxBytes: 1 << 20 });
      return namesOf(events);
    },
    async reading(lane: string): Promise<LaneReading> {
      const readings = await outbox.readLanes();
      return readings.find((reading) => reading.lane === lane) ?? assert.fail(lane);
    },
    /** All that can be seen of the lanes, as of a minute after T0. */
    async standing(): Promise<unknown> {
      const at = T0 + MINUTE;
      const pages = lanes.map(({ name: lane }) => outbox.page({ lane, maxEvents: 1000, maxBytes: 1 << 20 }));
      return {
        views: await Promise.all(lanes.map(({ name }) => view(name, at))),
        pages: await Promise.all(pages),
        readings: await outbox.readLanes(),
        letters: await outbox.readDeadLetterIds(),
      };
    },
    async letters(lane?: string): Promise<readonly DeadLetter[]> {
      return await outbox.readDeadLetters(await outbox.readDeadLetterIds(lane));
    },
    async revive(message: number, at = T0): Promise<void> {
      await outbox.reviveDeadLetters({ messages: [message], lanes: lanes.map(({ name }) => name), at });
    },
    async unseal(lane: string, { message }: Pick<Started, 'message'>, at = T0): Promise<void> {
      await outbox.unseal({ ...leaseOf(lane), message: message.ref, at });
    },
    async handOver(given: Partial<HandOverRequest> = {}): Promise<HandedOver> {
      const request = { to: 'backup', ranks: [2], tellTwice: false, at: T0 };
      return await outbox.handOver({ ...leaseOf(given.lane ?? 'ops'), ...request, ...given });
    },
    async expire(lane: string, given: { readonly rank?: number; readonly before?: number } = {}) {
      const { rank = 2, before = T0 + 1 } = given;
      return await outbox.expire({ ...leaseOf(lane), rank, before, id: randomUUID(), at: T0 + MINUTE });
    },
    /** Removes all that was settled before; answers how many rows went. */
    async prune(settledBefore = T0 + 60 * MINUTE): Promise<number> {
      let removed = 0;
      for (;;) {
        const count = await outbox.prune({ settledBefore, deadBefore: settledBefore, batch: 2 });
        if (count === 0) return removed;
        removed += count;
      }
    },
    async restart(at = T0): Promise<void> {
      outbox = await engine.reopen();
      leaseOf = await take(outbox, lanes, at);
    },
  };
}

function notification({
  alerts = ['a'],
  lanes = ['ops'],
  rank = 2,
  state = 'firing',
  at = T0,
}: Partial<Given>): NewNotification {
  const states = alerts.map((name) => ({
    fingerprint: Buffer.from(name, 'utf16le').toString('hex').padEnd(16, '0').slice(0, 16),
    startsAt: 'T',
    firing: state === 'firing',
  }));
  return {
    id: randomUUID(),
    receivedAt: at,
    // A group of its own: no case here is about repeats.
    repeat: {
      groupId: randomUUID(),
      key: randomUUID(),
      poster: '',
      windowMs: MINUTE,
      reminder: false,
      truncated: false,
    },
    head: '{}',
    pieces: [{ rank, lanes, alerts: JSON.stringify(alerts.map((name) => ({ name }))), states }],
  };
}
