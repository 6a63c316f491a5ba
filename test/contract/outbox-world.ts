/**
 * Plays the steps of a random history on an outbox in memory: two lanes that share a credential, one the fallback of the other, each
 * with a worker that has at most one attempt under way. outbox-books.ts says after each step whether all is in order.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { CredentialView, LaneSetup, LaneView, Started } from '../../src/core/outbox/contract.ts';
import { migrate } from '../../src/core/outbox/migrations/index.ts';
import { append } from '../../src/core/outbox/operations/append.ts';
import { readDeadLetterIds } from '../../src/core/outbox/operations/dead-letters.ts';
import { expire } from '../../src/core/outbox/operations/expire.ts';
import { handOver } from '../../src/core/outbox/operations/hand-over.ts';
import { registerLanes } from '../../src/core/outbox/operations/lanes.ts';
import { page } from '../../src/core/outbox/operations/page.ts';
import { prune } from '../../src/core/outbox/operations/prune.ts';
import { dropDeadLetters, reviveDeadLetters } from '../../src/core/outbox/operations/revive.ts';
import { begin, seal } from '../../src/core/outbox/operations/seal.ts';
import { settle } from '../../src/core/outbox/operations/settle.ts';
import { view } from '../../src/core/outbox/operations/view.ts';
import { unseal } from '../../src/core/outbox/operations/void.ts';
import type { OutboxTables } from '../../src/core/outbox/schema.ts';
import { createSqliteDialect } from '../../src/core/outbox/sqlite/dialect.ts';
import { createBooks, LANES, lanesOf } from './outbox-books.ts';
import { began, namesOf } from './outbox-steps.ts';
import { type End, HOLD_MS, STEP_MS, settlementOf } from './outbox-world-ends.ts';

/** What happens next. Numbers are drawn once and read modulo what there is to choose from. */
export type Step =
  | { readonly kind: 'arrive'; readonly alerts: readonly number[] }
  /** Begins an attempt, or ends the one under way. */
  | { readonly kind: 'work'; readonly lane: number; readonly take: number; readonly ends: End }
  | { readonly kind: 'restart'; readonly mended: boolean }
  | { readonly kind: 'unseal'; readonly lane: number }
  | { readonly kind: 'expire'; readonly lane: number; readonly rank: number }
  | { readonly kind: 'handOver'; readonly ranks: readonly number[] }
  | { readonly kind: 'letter'; readonly pick: number; readonly fate: 'revive' | 'drop' }
  | { readonly kind: 'prune' }
  | { readonly kind: 'clock'; readonly jumpMs: number };

const T0 = 1_800_000_000_000;

/** A world without history. */
export async function createWorld() {
  const db = new Kysely<OutboxTables>({ dialect: createSqliteDialect(new DatabaseSync(':memory:')) });
  await migrate(db);
  let at = T0;
  let arrivals = 0;
  let configHash = 'c0';
  const books = createBooks(db);
  const underWay = new Map<string, Started>();
  await register();

  async function register(): Promise<void> {
    underWay.clear();
    const lanes: LaneSetup[] = [
      { name: 'ops', plugin: 'p', paceKeys: ['shared', 'spare'], configHash },
      { name: 'other', plugin: 'p', paceKeys: ['shared'], configHash },
    ];
    await registerLanes(db, lanes, at);
  }

  async function playStep(step: Step): Promise<void> {
    switch (step.kind) {
      case 'arrive':
        return await arrive(step.alerts);
      case 'work':
        return void (await work(LANES[step.lane] ?? 'ops', step.take, step.ends));
      case 'restart':
        if (step.mended) configHash += '+';
        return await register();
      case 'unseal':
        return await voidSeal(LANES[step.lane] ?? 'ops');
      case 'expire': {
        const lane = LANES[step.lane] ?? 'ops';
        const before = at - 5 * STEP_MS;
        const count = await expire(db, { lane, rank: step.rank, before, id: randomUUID(), at });
        return books.expired(lane, count);
      }
      case 'handOver': {
        const before = await books.read();
        const request = { lane: 'ops', to: 'other', ranks: step.ranks, tellTwice: false, at };
        const { events } = await handOver(db, request);
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
    const nameOf = (alert: number): string => `${alert}/${arrivals}`;
    await append(db, {
      id: randomUUID(),
      receivedAt: at,
      repeat: { groupId: 'g', key: String(arrivals), windowMs: 0, reminder: false, truncated: false },
      head: '{}',
      // An alert keeps its severity and its sinks, as its labels do; those of one kind make up a piece.
      pieces: [...Map.groupBy(alerts, (alert) => `${alert % 2} ${lanesOf(alert)}`).values()].map((alike) => ({
        rank: (alike[0] ?? 0) % 2,
        lanes: lanesOf(alike[0] ?? 0),
        alerts: JSON.stringify(alike.map((alert) => ({ name: nameOf(alert) }))),
        states: alike.map((alert) => ({
          fingerprint: `alert-${alert}`.padEnd(16, '-'),
          state: `${arrivals}`,
          firing: true,
        })),
      })),
    });
    for (const alert of alerts) books.arrived(nameOf(alert), lanesOf(alert));
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
    if (due !== undefined) return await begin(db, { lane, message: due.ref, under, at });
    if (found.events.length === 0) return undefined;
    const names = namesOf(found.events);
    const message = { id: randomUUID(), form: 'f', body: names.join(' '), mends: found.mends };
    const covers = found.events.map((event) => event.place);
    const request = { lane, ...message, covers, expiredTold: seen.expired, under, at };
    const started = await seal(db, request);
    if (started !== 'stale') books.sealed(lane, started.message.ref, { names, expired: seen.expired });
    return started;
  }

  async function end(lane: string, { attempt, message }: Started, ends: End): Promise<void> {
    const request = { lane, attempt, message: message.ref, reason: 'timeout' as const, detail: '', at };
    const outcome = ends === 'delivered' ? ends : ends === 'recompose' ? 'refused' : 'retry';
    const settled = await settle(db, { ...request, outcome, settlement: settlementOf(ends, message, at) });
    if (ends === 'delivered') assert.equal(settled.events, books.told(lane, message.ref));
    else if (ends === 'dead') assert.equal(settled.events, books.untold(lane, message.ref));
    else if (ends === 'recompose') books.untold(lane, message.ref);
  }

  async function voidSeal(lane: string): Promise<void> {
    const { current, setAside } = await view(db, { lane, at });
    const message = current ?? setAside;
    if (message === undefined || underWay.has(lane)) return;
    await unseal(db, { lane, message: message.ref, at });
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
