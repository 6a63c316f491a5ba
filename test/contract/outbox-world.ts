/**
 * Plays the steps of a random history on an outbox: two lanes that share a credential, one the fallback of the other, each
 * with a worker that has at most one attempt under way, and two replicas of which one holds both. outbox-books.ts says after each step whether all is in order.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { CredentialView, LaneView, Lease, Started } from '../../src/core/outbox/contract.ts';
import { appendAll } from '../../src/core/outbox/operations/append.ts';
import { readDeadLetterIds } from '../../src/core/outbox/operations/dead-letters.ts';
import { expire } from '../../src/core/outbox/operations/expire.ts';
import { handOver } from '../../src/core/outbox/operations/hand-over.ts';
import { page } from '../../src/core/outbox/operations/page.ts';
import { prune } from '../../src/core/outbox/operations/prune.ts';
import { dropDeadLetters, reviveDeadLetters } from '../../src/core/outbox/operations/revive.ts';
import { begin, seal } from '../../src/core/outbox/operations/seal.ts';
import { settle } from '../../src/core/outbox/operations/settle.ts';
import { view } from '../../src/core/outbox/operations/view.ts';
import { unseal } from '../../src/core/outbox/operations/void.ts';
import type { OutboxTables } from '../../src/core/outbox/schema.ts';
import { reasonOf } from '../../src/core/plugin/outcome.ts';
import { createBooks, type Held, LANES, lanesOf } from './outbox-books.ts';
import { began, namesOf } from './outbox-steps.ts';
import { arrivalOf, nameOf } from './outbox-world-arrivals.ts';
import { type End, HOLD_MS, outcomeOf, STEP_MS, settlementOf } from './outbox-world-ends.ts';
import { actLate, createReplicas, type LateAct, LEASE_MS, type LostLease } from './outbox-world-leases.ts';

/** What happens next. Numbers are drawn once and read modulo what there is to choose from. */
export type Step =
  | { readonly kind: 'arrive'; readonly alerts: readonly number[] }
  /** Begins an attempt, or ends the one under way. */
  | { readonly kind: 'work'; readonly lane: number; readonly take: number; readonly ends: End }
  | { readonly kind: 'restart'; readonly mended: boolean }
  /** The other replica takes the lanes. */
  | { readonly kind: 'takeOver'; readonly mended: boolean }
  /** A worker whose lease is over goes on. */
  | { readonly kind: 'late'; readonly pick: number; readonly act: LateAct }
  | { readonly kind: 'unseal'; readonly lane: number }
  | { readonly kind: 'expire'; readonly lane: number; readonly rank: number }
  | { readonly kind: 'handOver'; readonly ranks: readonly number[] }
  | { readonly kind: 'letter'; readonly pick: number; readonly fate: 'revive' | 'drop' }
  | { readonly kind: 'prune' }
  | { readonly kind: 'clock'; readonly jumpMs: number };

const T0 = 1_800_000_000_000;
/** Of ops; what it gives up on goes there at once. */
const FALLBACK = { to: 'other', ranks: [0, 1], tellTwice: false };

/** A world without history on these tables, which are empty. */
export async function createWorld(db: Kysely<OutboxTables>) {
  let at = T0;
  let arrivals = 0;
  const books = createBooks(db);
  const underWay = new Map<string, Started>();
  const lost: LostLease[] = [];
  const replicas = await createReplicas(db, at);

  function lose(leases: readonly Lease[]): void {
    for (const lease of leases) {
      lost.push({ lease, running: underWay.get(lease.lane) });
      underWay.delete(lease.lane);
    }
  }

  async function playStep(step: Step): Promise<void> {
    switch (step.kind) {
      case 'arrive':
        return await arrive(step.alerts);
      case 'work':
        return void (await work(LANES[step.lane] ?? 'ops', step.take, step.ends));
      case 'restart':
        return lose(await replicas.restart(at, step));
      case 'takeOver':
        at += LEASE_MS;
        return lose(await replicas.takeOver(at, step));
      case 'late': {
        const late = lost[step.pick % Math.max(1, lost.length)];
        return late && (await actLate(db, late, { act: step.act, at }));
      }
      case 'unseal':
        return await voidSeal(LANES[step.lane] ?? 'ops');
      case 'expire': {
        const lane = LANES[step.lane] ?? 'ops';
        const before = at - 5 * STEP_MS;
        const request = { rank: step.rank, before, id: randomUUID(), at };
        const count = await expire(db, { ...replicas.leaseOf(lane), ...request });
        return books.expired(lane, count);
      }
      case 'handOver': {
        const before = await books.read();
        const request = { to: 'other', ranks: step.ranks, tellTwice: false, at };
        const { events } = await handOver(db, { ...replicas.leaseOf('ops'), ...request });
        return books.handedOver(before, await books.read(), events);
      }
      case 'letter':
        return await decide(step.pick, step.fate);
      case 'prune':
        // Retention is longer than an event is on its way: what one lane is through with stays known while another holds it.
        if (books.isHalfDone(await books.read())) return;
        return await pruneAll(at, at - 1e9);
      case 'clock':
        at += step.jumpMs;
        return;
      default:
        return step satisfies never;
    }
  }

  async function arrive(alerts: readonly number[]): Promise<void> {
    arrivals += 1;
    await appendAll(db, [arrivalOf(alerts, arrivals, at)]);
    for (const alert of alerts) books.arrived(nameOf(alert, arrivals), lanesOf(alert));
  }

  /** False if there was nothing to do. */
  async function work(lane: string, take: number, ends: End): Promise<boolean> {
    const running = underWay.get(lane);
    if (running !== undefined) {
      underWay.delete(lane);
      await end(lane, running, ends);
      return true;
    }
    const started = await start(lane, take);
    if (started !== undefined) underWay.set(lane, started);
    return started !== undefined;
  }

  async function start(lane: string, take: number): Promise<Started | undefined> {
    const seen = await view(db, { lane, at });
    for (const under of seen.credentials.filter((credential) => credential.probed))
      assert.ok(isStaleOrNothing(await startUnder(lane, { take, seen, under })), 'two probes at a time');
    const usable = seen.credentials.filter(({ hold, probed }) => !probed && (hold?.until ?? at) <= at);
    const under = usable[take % Math.max(1, usable.length)];
    const started = under && (await startUnder(lane, { take, seen, under }));
    return started && began(started);
  }

  async function startUnder(
    lane: string,
    { take, seen, under: { paceKey, paceMark } }: { take: number; seen: LaneView; under: CredentialView },
  ): Promise<Started | 'stale' | undefined> {
    const under = { paceKey, paceMark };
    const { current, setAside } = seen;
    const found = await page(db, { lane, maxEvents: take, maxBytes: 1e6 });
    const mayResend = take % 2 === 0 || found.events.length === 0;
    const due = current ?? (mayResend ? setAside : undefined);
    if (due !== undefined) return await begin(db, { ...replicas.leaseOf(lane), message: due.ref, under, at });
    if (found.events.length === 0) return undefined;
    const names = namesOf(found.events);
    const message = { id: randomUUID(), form: 'f', body: names.join(' '), mends: found.mends };
    const covers = found.events.map((event) => event.place);
    const request = { ...replicas.leaseOf(lane), ...message, covers, expiredTold: seen.expired, under, at };
    const started = await seal(db, request);
    if (started !== 'stale') books.sealed(lane, started.message.ref, { names, expired: seen.expired });
    return started;
  }

  async function end(lane: string, { attempt, message }: Started, ends: End): Promise<void> {
    const outcome = outcomeOf(ends);
    const settlement = settlementOf(ends, message, { at, seen: await view(db, { lane, at }) });
    const ended = { lane, attempt, message: message.ref, reason: reasonOf(outcome), detail: '', at };
    const request = { ...ended, outcome: outcome.kind, settlement };
    const [before, open] = [await books.read(), await books.open()];
    const settled = await settle(db, lane === 'ops' ? { ...request, fallback: FALLBACK } : request);
    const after = await books.read();
    switch (settlement.message.kind) {
      case 'delivered':
        assert.equal(settled.events, books.told(lane, message.ref));
        // What the other lane had sealed and need not tell any more.
        for (const gone of open.filter(({ id }) => id !== message.ref && !isHeld(after, id)))
          books.untold(gone.lane, gone.id);
        return;
      case 'dead':
        assert.equal(settled.events, books.untold(lane, message.ref));
        return books.givenUp(before, after, settled.handedOver ?? 0);
      case 'recompose':
        return void books.untold(lane, message.ref);
      default:
        assert.equal(settled.events, 0);
    }
  }

  async function voidSeal(lane: string): Promise<void> {
    const { current, setAside } = await view(db, { lane, at });
    const message = current ?? setAside;
    if (message === undefined || underWay.has(lane)) return;
    await unseal(db, { ...replicas.leaseOf(lane), message: message.ref, at });
    const after = await view(db, { lane, at });
    const isKept = [after.current?.ref, after.setAside?.ref].includes(message.ref);
    assert.equal(isKept, message.history.ambiguous, 'a message is voided unless people may have seen it');
    if (!isKept) books.untold(lane, message.ref);
  }

  async function decide(pick: number, fate: 'revive' | 'drop'): Promise<void> {
    const ids = await readDeadLetterIds(db, undefined);
    const id = ids[pick % Math.max(1, ids.length)];
    if (id === undefined) return;
    const before = await books.read();
    const names = before.filter(({ message, place }) => place === 'dead' && message === id);
    const request = { messages: [id], at };
    const [done] =
      fate === 'drop'
        ? await dropDeadLetters(db, request)
        : await reviveDeadLetters(db, { ...request, lanes: LANES });
    assert.equal(done?.kind, 'done');
    books.decided(fate, names);
  }

  async function pruneAll(settledBefore: number, deadBefore: number): Promise<void> {
    while ((await prune(db, { settledBefore, deadBefore, batch: 3 })) > 0);
  }

  return {
    async play(step: Step): Promise<void> {
      at += STEP_MS;
      lose(await replicas.renew(at));
      await playStep(step);
      await books.check(at);
    },
    /** All that waits is told; then nothing but dead letters is left, and without them nothing at all. */
    async drain(): Promise<void> {
      let busy = true;
      while (busy) {
        busy = false;
        for (const lane of LANES) {
          at += HOLD_MS;
          lose(await replicas.renew(at));
          if (await work(lane, 8, 'delivered')) busy = true;
        }
      }
      await books.check(at);
      books.checkEnd(await books.read());
      await dropDeadLetters(db, { messages: await readDeadLetterIds(db, undefined), at });
      await pruneAll(at + 1e12, at + 1e12);
      await books.checkEmpty();
    },
    async close(): Promise<void> {
      await db.destroy();
    },
  };
}

function isStaleOrNothing(started: Started | 'stale' | undefined): boolean {
  return started === undefined || started === 'stale';
}

function isHeld(held: readonly Held[], message: number): boolean {
  return held.some((one) => one.message === message);
}
