/**
 * A daemon whose outbox gets into trouble, and the books that are kept meanwhile: what was acknowledged, and what people were told.
 * The trouble itself is each test's own.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Daemon, startDaemon } from '../../support/daemon.ts';
import { type DingTalkSim, startDingTalkSim } from '../../support/dingtalk-sim/server.ts';
import { eventually } from '../../support/eventually.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { type Answer, postForAnswer, webhookBody } from '../../support/webhook.ts';

export type { Answer } from '../../support/webhook.ts';

/** A daemon with one DingTalk sink, and its outbox. */
export interface OutboxScene {
  readonly sim: DingTalkSim;
  /** The SQLite file. */
  readonly database: string;
  /** The running one: another after a restart. */
  daemon(): Daemon;
  /** Posts the webhook of this name, the same bytes each time: one alert of that name. */
  post(name: string): Promise<Answer>;
  /** Posts it as Alertmanager does, until it is acknowledged. */
  postUntilAcknowledged(name: string): Promise<void>;
  /** What `/-/ready` says: its status, a blank, its text. */
  ready(): Promise<string>;
  /** SIGKILL, what `meanwhile` does, and a new start on the same file. */
  restart(meanwhile?: () => void): Promise<void>;
  /** Waits until every acknowledged alert was shown; rejects if one was shown twice, or a limit exceeded. */
  allToldOnce(): Promise<void>;
}

/** What differs from scene to scene. */
export interface SceneOptions {
  /** Bytes of each alert's longest annotation: they decide how many pages of the file it takes. */
  readonly alertBytes?: number;
}

/** Longer than the longest pause of a lane that could not use its outbox, and a busy machine. */
const TOLD_WITHIN_MS = 45_000;

/** Text of this length that does not repeat itself: the outbox would deflate it. */
function textOf(name: string, bytes: number): string {
  return createHash('shake256', { outputLength: bytes }).update(name).digest('base64url').slice(0, bytes);
}

/** Starts it. It ends with the test. */
export async function startOutboxScene(
  t: TestContext,
  { alertBytes = 200 }: SceneOptions = {},
): Promise<OutboxScene> {
  const dir = createTempDir();
  t.after(() => dir.remove());
  const sim = await startDingTalkSim({ robots: [{ name: 'ops', token: 'outbox-token' }] });
  t.after(() => sim.close());
  const sink = { plugin: 'dingtalk', endpoint: sim.url, access_token: 'outbox-token' };
  const start = () => startDaemon({ dir: dir.path, config: { sinks: { ops: sink } } });
  let daemon = await start();
  t.after(() => daemon.kill9());
  const acknowledged = new Set<string>();

  async function post(name: string): Promise<Answer> {
    const annotations = { note: textOf(name, alertBytes) };
    const body = webhookBody(name, [{ name, labels: { mark: name }, annotations }]);
    const answer = await postForAnswer(daemon.url, body);
    if (answer.status === 200) acknowledged.add(name);
    return answer;
  }

  return {
    sim,
    database: join(dir.path, 'data/notifierd.db'),
    daemon: () => daemon,
    post,
    async postUntilAcknowledged(name) {
      await eventually(`${name} is acknowledged`, async () => (await post(name)).status === 200, {
        withinMs: TOLD_WITHIN_MS,
      });
    },
    async ready() {
      const answer = await fetch(`${daemon.url}/-/ready`);
      return `${answer.status} ${(await answer.text()).trim()}`;
    },
    async restart(meanwhile) {
      await daemon.kill9();
      meanwhile?.();
      daemon = await start();
    },
    async allToldOnce() {
      await eventually(
        'every acknowledged alert is shown',
        () =>
          assert.deepEqual(
            [...acknowledged].filter((name) => !namesTold(sim).includes(name)),
            [],
          ) ?? true,
        { withinMs: TOLD_WITHIN_MS },
      );
      const told = namesTold(sim);
      assert.deepEqual(
        told.filter((name, index) => told.indexOf(name) !== index),
        [],
        'shown twice',
      );
      assert.deepEqual(sim.violations(), []);
    },
  };
}

/** A link by its title, a digest by the label `mark` in each line. */
function namesTold(sim: DingTalkSim): string[] {
  return sim
    .messages('ops')
    .flatMap(({ msgtype, title, text }) =>
      msgtype === 'link' ? [title] : Array.from(text.matchAll(/\bmark=([\w-]+)/g), ([, name]) => name ?? ''),
    );
}
