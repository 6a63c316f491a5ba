/**
 * Three replicas in trouble for a quarter of an hour: kill -9, SIGSTOP for a minute, networks cut, PostgreSQL restarted and crashed, in
 * random order, one at a time or two together, under five webhooks a second for eight robots. Nothing is lost, shown twice, out of order
 * or sent against the limits, though two answers of five come late and some not at all. REPLICAS_SEED=7 repeats the troubles of a run, REPLICAS_MINUTES=3 makes it shorter.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharesBecome, watchHolders } from '../support/replicas/holders.ts';
import { judge } from '../support/replicas/judgement.ts';
import { steadyLoad } from '../support/replicas/load.ts';
import { postLoad } from '../support/replicas/post.ts';
import { startStage } from '../support/replicas/stage.ts';
import { describeTrouble, planTroubles, playTroubles } from '../support/replicas/troubles.ts';
import { BY_CHANCE } from '../support/storm/happenings.ts';
import { renderReport } from '../support/storm/words.ts';

const MINUTE = 60_000;
const LASTS_MS = Number(process.env.REPLICAS_MINUTES ?? 15) * MINUTE;
const SEED = Number(process.env.REPLICAS_SEED ?? Date.now() % 1_000_000);
/** Half of the groups are resolved as well: five webhooks a second together. */
const EVERY_MS = 300;
const ROBOTS = 8;
/** Sends take their time, so that troubles meet them under way, and some answers are spoiled or lost. */
const ANSWERS = [...BY_CHANCE, { kind: 'slow', ms: 3_000, probability: 0.4 }] as const;

test(`${LASTS_MS / MINUTE} min of trouble for three replicas (seed ${SEED}): none lost, none twice, none out of order`, {
  timeout: LASTS_MS + 20 * MINUTE,
}, async (t) => {
  const stage = await startStage({ robots: ROBOTS });
  t.after(() => stage.close());
  const { replicas, robots, sim, query } = stage;
  await sharesBecome(replicas, [3, 3, 2]);
  const ending = new AbortController();
  t.after(() => ending.abort());
  const troubles = planTroubles(SEED, { lastsMs: LASTS_MS, replicas: replicas.length });
  await sim.randomizeFaults({ seed: SEED, faults: ANSWERS });
  const watch = watchHolders(replicas);
  t.after(() => watch.end());
  const load = steadyLoad({ robots, everyMs: EVERY_MS, lastsMs: LASTS_MS, endAfterMs: 20_000 });
  const posting = postLoad(replicas, load, ending.signal);
  await playTroubles(stage, troubles);
  const posted = await posting;
  await stage.drained(10 * MINUTE);
  await sharesBecome(replicas, [3, 3, 2], MINUTE);

  const holders = await watch.end();
  for (const trouble of troubles) t.diagnostic(describeTrouble(trouble));
  t.diagnostic(`lanes changed hands ${(await query('SELECT sum(epoch)::int AS n FROM lane'))[0]?.n} times`);
  if (process.env.REPLICAS_HOLDERS !== undefined) for (const line of holders) t.diagnostic(line);
  const { counts } = await sim.state();
  t.diagnostic(
    `calls: ${counts.shown} shown, ${counts.duplicate} copies dropped by msgUuid, ${counts.unseen} unseen`,
  );
  const report = await judge(stage, posted);
  for (const line of renderReport(report)) t.diagnostic(line);
  assert.equal(posted.length, load.length);
});
