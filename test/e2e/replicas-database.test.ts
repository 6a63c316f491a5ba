/** PostgreSQL is restarted, and crashes, under three replicas at work: they find it again by themselves, and nothing is lost or shown twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharesBecome } from '../support/replicas/holders.ts';
import { judge } from '../support/replicas/judgement.ts';
import { steadyLoad } from '../support/replicas/load.ts';
import { postLoad } from '../support/replicas/post.ts';
import { startStage } from '../support/replicas/stage.ts';
import { renderReport } from '../support/storm/words.ts';

const SECOND = 1_000;

test('a restart and a crash of the database under load: none lost, none twice, none out of order', async (t) => {
  const stage = await startStage({ robots: 6 });
  t.after(() => stage.close());
  const { postgres, replicas, robots } = stage;
  await sharesBecome(replicas, [2, 2, 2]);
  const ending = new AbortController();
  t.after(() => ending.abort());
  const load = steadyLoad({ robots, everyMs: 300, lastsMs: 24 * SECOND, endAfterMs: 5 * SECOND });
  const posting = postLoad(replicas, load, ending.signal);

  await sleep(5 * SECOND);
  await postgres.stop('fast');
  await sleep(1 * SECOND);
  await postgres.start();
  await sleep(8 * SECOND);
  await postgres.kill9();
  await sleep(2 * SECOND);
  await postgres.start();

  const posted = await posting;
  assert.equal(posted.length, load.length);
  await stage.drained(120 * SECOND);
  for (const line of renderReport(await judge(stage, posted))) t.diagnostic(line);
  await sharesBecome(replicas, [2, 2, 2]);
});
