/**
 * What one event costs in an SQLite outbox as it is, as a process: `node outbox-cost.ts FILE LANE` stores events and takes as many out
 * again, with the operations that the intake and a lane call, and prints an OutboxCost. No daemon may be at work on the file.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { createAccept } from '../../src/core/intake/accept.ts';
import type { Lease, NewNotification, Outbox } from '../../src/core/outbox/contract.ts';
import { openSqliteOutbox } from '../../src/core/outbox/sqlite/engine.ts';
import { createPayload, stamp } from './payload.ts';

/** Wall time of an event, in microseconds. */
export interface OutboxCost {
  /** append(), 16 notifications of 100 alerts at once. */
  readonly appendUs: number;
  /** view(), page(), seal() and settle() of messages of 500 events, one after the other. */
  readonly drainUs: number;
}

const RECORDED = new URL('../../test/fixtures/alertmanager/firing-200-alerts.json', import.meta.url);
const ALERTS = 100;
const AT_ONCE = 16;
/** Of 16 notifications each, the first ones not measured. */
const APPEND_ROUNDS = 12;
const WARM_UP_ROUNDS = 2;
const EVENTS_PER_MESSAGE = 500;
/** As many events as are stored before them, the first messages not measured. */
const MESSAGES = Math.floor((APPEND_ROUNDS * AT_ONCE * ALERTS) / EVENTS_PER_MESSAGE);
const WARM_UP_MESSAGES = 6;
/** Groups of its own: what the outbox remembers of those that filled it depends on how large their webhooks were. */
const OWN_PATH = '/bench';
/** As a lane reads them. */
const PAGE_BYTES = 1_024 * 1_024;
const EVENT_TEXT = `${'x'.repeat(300)}\n`;

const [file = '', lane = ''] = process.argv.slice(2);
const outbox = await openSqliteOutbox({ file });
const lease = await takeLane(outbox);
await settleCurrent(outbox, lease);
const cost: OutboxCost = {
  appendUs: await measureAppend(outbox),
  drainUs: await measureDrain(outbox, lease),
};
await outbox.close();
process.stdout.write(`${JSON.stringify(cost)}\n`);

async function takeLane(store: Outbox): Promise<Lease> {
  const setup = { name: lane, plugin: 'console', paceKeys: [`sink ${lane}`], configHash: 'bench' };
  await store.registerLanes([setup]);
  const claim = { replica: randomUUID(), lanes: [setup], holding: [], at: Date.now() };
  const { leases } = await store.claimLanes(claim);
  const [taken] = leases;
  if (taken === undefined) throw new Error(`the lane ${lane} is not free`);
  return taken;
}

/** A message that a held sink has tried in vain stands before all others. */
async function settleCurrent(store: Outbox, { epoch }: Lease): Promise<void> {
  const at = Date.now();
  const { current, credentials } = await store.view({ lane, at });
  const [credential] = credentials;
  if (current === undefined || credential === undefined) return;
  const { paceKey, paceMark } = credential;
  const under = { paceKey, paceMark };
  const started = await store.begin({ lane, epoch, message: current.ref, under, at });
  if (started !== 'stale')
    await settleDelivered(store, { attempt: started.attempt, message: current.ref, at });
}

async function measureAppend(store: Outbox): Promise<number> {
  const notifications = await makeNotifications(store, APPEND_ROUNDS * AT_ONCE);
  let began = performance.now();
  for (let round = 0; round < APPEND_ROUNDS; round++) {
    if (round === WARM_UP_ROUNDS) began = performance.now();
    const together = notifications.slice(round * AT_ONCE, (round + 1) * AT_ONCE);
    await Promise.all(together.map(async (notification) => await store.append(notification)));
  }
  return ((performance.now() - began) * 1_000) / ((APPEND_ROUNDS - WARM_UP_ROUNDS) * AT_ONCE * ALERTS);
}

/** As the intake makes them, which is asked to store them here in a list. */
async function makeNotifications(store: Outbox, count: number): Promise<readonly NewNotification[]> {
  const made: NewNotification[] = [];
  const ignore = () => undefined;
  const accept = createAccept({
    outbox: {
      ...store,
      async append(notification) {
        made.push(notification);
        return {
          kind: 'accepted',
          notificationId: notification.id,
          relisted: 0,
          queued: new Map(),
          mixed: 0,
        };
      },
    },
    route: () => [lane],
    severityLabel: 'severity',
    clock: systemClock,
    dedupWindowMs: 360_000,
    observer: { accepted: ignore, notStored: ignore, duplicate: ignore, mixed: ignore },
    newId: randomUUID,
    wake: ignore,
    inOrder: false,
    turns: { read: ignore, next: (callback) => void setImmediate(callback) },
  });
  const payload = createPayload(readFileSync(RECORDED, 'utf8'), ALERTS);
  const second = Math.floor(Date.now() / 1_000);
  for (let number = 0; number < count; number++) {
    stamp(payload, { group: number, second, number });
    await accept({ path: OWN_PATH, bytes: payload.bytes, isWanted: () => true });
  }
  return made;
}

async function measureDrain(store: Outbox, lease: Lease): Promise<number> {
  let began = performance.now();
  let events = 0;
  for (let count = 0; count < MESSAGES; count++) {
    if (count === WARM_UP_MESSAGES) {
      began = performance.now();
      events = 0;
    }
    events += await drainOne(store, lease);
  }
  return ((performance.now() - began) * 1_000) / events;
}

/** One message delivered; how many events it had. */
async function drainOne(store: Outbox, { epoch }: Lease): Promise<number> {
  const at = Date.now();
  const { credentials } = await store.view({ lane, at });
  const page = await store.page({ lane, maxEvents: EVENTS_PER_MESSAGE, maxBytes: PAGE_BYTES });
  const [credential] = credentials;
  if (credential === undefined || page.events.length === 0) throw new Error('the lane has nothing to drain');
  const { paceKey, paceMark } = credential;
  const started = await store.seal({
    lane,
    epoch,
    id: randomUUID(),
    form: 'text',
    body: EVENT_TEXT.repeat(page.events.length),
    mends: page.mends,
    covers: page.events.map(({ place }) => place),
    expiredTold: 0,
    under: { paceKey, paceMark },
    at,
  });
  if (started === 'stale') throw new Error('somebody else is at work on the lane');
  await settleDelivered(store, { attempt: started.attempt, message: started.message.ref, at });
  return page.events.length;
}

async function settleDelivered(
  store: Outbox,
  of: { readonly attempt: number; readonly message: number; readonly at: number },
): Promise<void> {
  const settlement = { message: { kind: 'delivered' } } as const;
  await store.settle({ lane, ...of, outcome: 'delivered', reason: 'ok', detail: '', settlement });
}
