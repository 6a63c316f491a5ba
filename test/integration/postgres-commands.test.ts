/**
 * The command line on a PostgreSQL outbox, beside the replicas that work on it: it sees what all of them have done, and what it gives back
 * to a lane is delivered at once, by whichever replica drains that lane.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Finished, runCli } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { namesOf, toldIn } from '../support/told.ts';
import {
  configOf,
  type PostgresScene,
  ROBOTS,
  type SceneReplica,
  startPostgresScene,
} from './postgres/scene.ts';

/** DingTalk: no such type of message. */
const MALFORMED = 400105;
/** Well below any time after which a lane looks by itself. */
const AT_ONCE_MS = 2_000;

const dir = createTempDir();
const file = join(dir.path, 'notifierd.json');
let scene: PostgresScene;
let replicas: readonly SceneReplica[];

before(async () => {
  scene = await startPostgresScene();
  replicas = [await scene.startReplica(), await scene.startReplica()];
  writeFileSync(file, JSON.stringify(configOf(scene.sim.url, scene.postgres, scene.database)));
});
after(async () => {
  await scene.close();
  dir.remove();
});

async function run(...args: readonly string[]): Promise<Finished> {
  const finished = await runCli([...args, '--config', file]);
  assert.deepEqual([finished.code, finished.stderr], [0, ''], finished.stderr);
  return finished;
}

test('check-config accepts its configuration', async () => {
  const { code, stderr } = await runCli(['check-config', file]);
  assert.equal(code, 0, stderr);
});

test('events shows what came to any replica, and what became of it', { timeout: 60_000 }, async () => {
  for (const [index, replica] of replicas.entries())
    await replica.postUntilAcknowledged(`came${index}r${index}`);
  await scene.allToldOnce();
  const { stdout } = await run('events');
  for (const [index] of replicas.entries()) assert.match(stdout, new RegExp(`came${index}r${index}`));
});

test('what dead-letters gives back is delivered at once, whoever drains the lane', {
  timeout: 60_000,
}, async () => {
  scene.sim.orderFaults(ROBOTS.map((robot) => ({ kind: 'errcode', errcode: MALFORMED, robot })));
  for (const [index, robot] of ROBOTS.entries())
    await replicas[index % replicas.length]?.postUntilAcknowledged(`dead${index}r${robot}`);
  const letters = await eventually('each is a dead letter', async () => {
    const { stdout } = await run('dead-letters', 'list', '--json');
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.length === ROBOTS.length && lines.map((line) => String(JSON.parse(line).id));
  });
  const began = performance.now();
  await run('dead-letters', 'retry', ...letters);
  const cliMs = performance.now() - began;
  await scene.allToldOnce();
  const tookMs = performance.now() - began - cliMs;
  assert.ok(tookMs < AT_ONCE_MS, `shown ${Math.round(tookMs)} ms after the command`);
  const told = namesOf(toldIn(scene.sim.messages()));
  for (const [index, robot] of ROBOTS.entries()) assert.ok(told.includes(`dead${index}r${robot}`));
});
