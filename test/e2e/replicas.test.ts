/**
 * Three replicas on one PostgreSQL, as real processes with a network of their own each: they share the lanes, hand them over, and when one
 * dies, hangs or is cut off another goes on with the very message that was under way.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { type Postgres, startPostgres } from '../support/postgres/postgres.ts';
import { alertBody, callsTo, postAlert, shownOnce } from '../support/replicas/alerts.ts';
import { sharesBecome } from '../support/replicas/holders.ts';
import { judgeBooks } from '../support/replicas/judgement.ts';
import { postOnce } from '../support/replicas/post.ts';
import type { Replica } from '../support/replicas/replica.ts';
import { LEASE_MS, type Stage, startStage } from '../support/replicas/stage.ts';

/** From the last sign of life of a holder until another is at work on its lane. */
const TAKEOVER_MS = LEASE_MS + 2_000;
const ROBOTS = 6;
const LEASE_IS_OVER = /the lease is over before it could be renewed/;

let postgres: Postgres;
before(async () => {
  // Enough for all stages at once.
  postgres = await startPostgres({ settings: { max_connections: '300' } });
});
after(async () => await postgres?.remove());

/** A replica with two lanes, those, and another replica. */
interface Cast {
  readonly holder: Replica;
  readonly lanes: readonly [string, string];
  readonly other: Replica;
}

async function cast({ replicas }: Stage): Promise<Cast> {
  const shares = await sharesBecome(replicas, [2, 2, 2]);
  const [holder, other] = replicas;
  const [first, second] = shares[0] ?? [];
  if (holder === undefined || other === undefined || first === undefined || second === undefined)
    throw new Error('three replicas with two lanes each were expected');
  return { holder, lanes: [first, second], other };
}

describe('three replicas', { concurrency: true }, () => {
  describe('that come and go', { concurrency: 1 }, () => {
    let stage: Stage;
    const names: string[] = [];
    const post = async (replica: Replica, name: string, robot: string): Promise<void> => {
      names.push(name);
      await postAlert(replica, name, robot);
    };

    before(async () => {
      // The latency of a single alert, not the wait for others that could share its message.
      const delivery = { gather: '0s', gather_critical: '0s' };
      stage = await startStage({ postgres, robots: ROBOTS, config: () => ({ delivery }) });
    });
    after(async () => await stage?.close());

    test('share the lanes evenly, and what one accepts is at once on its way in the lane of another', async (t) => {
      const { replicas, sim } = stage;
      const shares = await sharesBecome(replicas, [2, 2, 2]);
      const begun: number[] = [];
      for (let count = 0; count < 50; count++) {
        const robot = `r${count % ROBOTS}`;
        const others = replicas.filter((_, index) => !shares[index]?.includes(robot));
        const replica = others[count % others.length];
        assert.ok(replica);
        begun.push(Date.now());
        await post(replica, `idle${count}`, robot);
        await eventually('it is sent', async () => (await sim.requests()).length > count, { everyMs: 10 });
      }
      const arrived = (await sim.requests()).map(({ at }) => at);
      const latencies = arrived.map((at, index) => at - (begun[index] ?? 0)).sort((a, b) => a - b);
      t.diagnostic(
        `from the post at one replica to the call of another: median ${latencies[25]} ms, slowest ${latencies.at(-1)} ms`,
      );
      assert.ok((latencies[25] ?? 0) < 1_000);
      // Without news the lane would look for itself, and not that soon.
      assert.ok((latencies.at(-1) ?? 0) < 5_000);
      await shownOnce(stage, names, 5_000);
    });

    test('give their lanes over at once when they are stopped, and a new one gets its share', async (t) => {
      const { replicas } = stage;
      const { holder, lanes } = await cast(stage);
      const stoppedAt = performance.now();
      assert.deepEqual(await holder.stop(), { code: 0, signal: null });
      const rest = replicas.filter((replica) => replica !== holder);
      await sharesBecome(rest, [3, 3], LEASE_MS / 2);
      t.diagnostic(`the others had its lanes ${Math.round(performance.now() - stoppedAt)} ms after SIGTERM`);
      for (const [index, lane] of lanes.entries()) await post(rest[index] ?? holder, `after${index}`, lane);
      await shownOnce(stage, names, 5_000);
      await holder.start();
      await sharesBecome(replicas, [2, 2, 2]);
    });

    test('go on with what was under way when one is killed: the same message, shown once', async (t) => {
      const { sim } = stage;
      const { holder, lanes, other } = await cast(stage);
      const [seen, unseen] = lanes;
      const before = new Set((await sim.requests()).map(({ msgUuid }) => msgUuid));
      await sim.orderFaults([
        { kind: 'slow', ms: 60_000, robot: seen },
        { kind: 'hang_before', robot: unseen },
      ]);
      await post(other, 'seen', seen);
      await post(other, 'unseen', unseen);
      const callsOf = async (lane: string) =>
        (await callsTo(stage, lane)).filter(({ msgUuid }) => !before.has(msgUuid));
      await eventually('both are under way', async () => {
        const calls = await Promise.all(lanes.map(callsOf));
        return calls.every(({ length }) => length === 1);
      });
      const killedAt = Date.now();
      await holder.kill9();
      for (const lane of lanes) {
        const again = await eventually('it is sent again', async () => (await callsOf(lane))[1], {
          withinMs: 2 * LEASE_MS,
        });
        t.diagnostic(`lane ${lane}: sent again ${again.at - killedAt} ms after kill -9`);
        assert.ok(again.at - killedAt < TAKEOVER_MS);
        assert.equal(new Set((await callsOf(lane)).map(({ msgUuid }) => msgUuid)).size, 1);
        // Somebody may have seen it: it may never go under another id.
        const id = `'${again.msgUuid}'`;
        assert.deepEqual(await stage.query(`SELECT ambiguous FROM message WHERE uuid = ${id}`), [
          { ambiguous: 1 },
        ]);
      }
      await shownOnce(stage, names, 5_000);
      await stage.drained(10_000);
      await judgeBooks(stage);
    });
  });

  test('one that stood still sends nothing under its old leases when it runs on', async (t) => {
    const stage = await startStage({ postgres, robots: ROBOTS });
    t.after(() => stage.close());
    const { sim, replicas } = stage;
    const { holder, lanes, other } = await cast(stage);
    const [sending, sealed] = lanes;
    const names: string[] = [];
    const post = async (name: string, robot: string): Promise<void> => {
      names.push(name);
      await postAlert(other, name, robot);
    };

    /** Stops the holder between the commit of a start and the send. False if that came too late. */
    async function freezeAfterSeal(attempt: number): Promise<boolean> {
      await sim.orderFaults([{ kind: 'slow', ms: 60_000, robot: sending }]);
      const [callsBefore, sealedBefore] = [
        (await callsTo(stage, sending)).length,
        (await callsTo(stage, sealed)).length,
      ];
      await post(`sending${attempt}`, sending);
      await eventually('one is being sent', async () => (await callsTo(stage, sending)).length > callsBefore);
      // Until the answer to the commit has arrived the lane does not know of it.
      holder.network.slow(80);
      await post(`sealed${attempt}`, sealed);
      await eventually('the other is sealed', () => isUnderWay(stage, sealed), { everyMs: 1 });
      holder.freeze();
      await sleep(500);
      if ((await callsTo(stage, sealed)).length === sealedBefore) return true;
      holder.thaw();
      holder.network.slow(0);
      await stage.drained(30_000);
      return false;
    }

    let tries = 1;
    while (!(await freezeAfterSeal(tries))) assert.ok(++tries <= 5, 'it was never stopped in time');
    const frozenAt = Date.now();
    const callsBefore = await callsTo(stage, sealed);
    const sendingBefore = await callsTo(stage, sending);
    await shownOnce(stage, names, TAKEOVER_MS);
    const again = await eventually('what was being sent is sent again', async () =>
      (await callsTo(stage, sending)).at(sendingBefore.length),
    );
    t.diagnostic(`stopped at try ${tries}; another went on after ${again.at - frozenAt} ms`);
    assert.ok(again.at - frozenAt < TAKEOVER_MS);
    assert.equal(again.msgUuid, sendingBefore.at(-1)?.msgUuid);
    await sleep(frozenAt + 2.5 * LEASE_MS - Date.now());
    holder.network.slow(0);
    holder.thaw();
    // Time enough to send, if it would.
    await sharesBecome(replicas, [2, 2, 2]);
    assert.equal((await callsTo(stage, sealed)).length, callsBefore.length + 1);
    assert.equal((await callsTo(stage, sending)).length, sendingBefore.length + 1);
    assert.match(holder.logs(), LEASE_IS_OVER);
    for (const robot of stage.robots) await post(`later-${robot}`.replace('-', ''), robot);
    await shownOnce(stage, names, 10_000);
    await stage.drained(10_000);
    await judgeBooks(stage);
  });

  test('one that is cut off from the database answers 503, and others go on until it is back', async (t) => {
    const stage = await startStage({ postgres, robots: ROBOTS });
    t.after(() => stage.close());
    const { sim, replicas } = stage;
    const { holder, lanes, other } = await cast(stage);
    const [sending, waiting] = lanes;
    // Its answer comes while nothing can be written down.
    await sim.orderFaults([{ kind: 'slow', ms: 3_000, robot: sending }]);
    await postAlert(other, 'sending', sending);
    await eventually('it is being sent', async () => (await callsTo(stage, sending)).length === 1);
    const cutAt = Date.now();
    await holder.network.cut();
    await postAlert(other, 'waiting', waiting);
    const refused = await postOnce(holder, alertBody('refused', waiting));
    const answeredMs = Date.now() - cutAt;
    assert.equal(refused.status, 503, refused.text);
    assert.ok(answeredMs < 10_000);
    await postAlert(other, 'refused', waiting);
    await shownOnce(stage, ['sending', 'waiting', 'refused'], TAKEOVER_MS);
    const [first, again] = await eventually('what was under way is sent again', async () => {
      const calls = await callsTo(stage, sending);
      return calls.length > 1 && calls;
    });
    const tookOverMs = (again?.at ?? Number.NaN) - cutAt;
    t.diagnostic(`503 after ${answeredMs} ms; another went on after ${tookOverMs} ms`);
    // Not while the holder could still be sure of its lease.
    assert.ok(tookOverMs > LEASE_MS / 2 && tookOverMs < TAKEOVER_MS);
    assert.equal(again?.msgUuid, first?.msgUuid);
    await sleep(cutAt + 2 * LEASE_MS - Date.now());
    // It has let go by itself: nobody could tell it.
    assert.match(holder.logs(), LEASE_IS_OVER);
    await holder.network.heal();
    const healedAt = Date.now();
    await sharesBecome(replicas, [2, 2, 2], 30_000);
    t.diagnostic(`it had its share again ${Date.now() - healedAt} ms after the network`);
    for (const replica of replicas) await postAlert(replica, replica.name.replace(' ', ''), sending);
    const names = replicas.map(({ name }) => name.replace(' ', ''));
    await shownOnce(stage, ['sending', 'waiting', 'refused', ...names], 10_000);
    await stage.drained(10_000);
    await judgeBooks(stage);
  });
});

/** The start of an attempt is on record in this lane, and its end is not. */
async function isUnderWay({ query }: Stage, lane: string): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM attempt JOIN lane ON lane.id = lane_id WHERE ended_at IS NULL AND name = '${lane}'`,
  );
  return rows.length > 0;
}
