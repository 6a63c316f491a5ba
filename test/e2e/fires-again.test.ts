/**
 * An alert that fires again from the start that it had, told by two real Alertmanagers that have lost each other: a sender with a fixed start
 * posts it to both. People hear of it each time, once, and the last that they hear is its state.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PostableAlert } from '../support/alertmanager.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { type AlertmanagerPair, startAlertmanagerPair } from '../support/replicas/alertmanager-pair.ts';
import { type SimProcess, startSimProcess } from '../support/sim-process.ts';
import { scrape } from '../support/storm/metrics.ts';
import { toldIn } from '../support/told.ts';

const NAME = 'Again';
const STARTS_AT = new Date(Date.now() - 60_000).toISOString();
/** group_interval and the way to people, on a machine with much else to do. */
const PATIENCE = { withinMs: 30_000 };

interface Scene {
  readonly sim: SimProcess;
  readonly daemon: Daemon;
  readonly pair: AlertmanagerPair;
  close(): Promise<void>;
}

async function startScene(): Promise<Scene> {
  const sim = await startSimProcess({ robots: ['name=ops,token=again-token,secret=SEC-again'] });
  const ops = { plugin: 'dingtalk', endpoint: sim.url, access_token: 'again-token', secret: 'SEC-again' };
  const daemon = await startDaemon({ config: { sinks: { ops } } });
  const url = `${daemon.url}/`;
  const pair = await startAlertmanagerPair({ webhookUrls: [url, url], clustered: false });
  return {
    sim,
    daemon,
    pair,
    async close() {
      await pair.stop();
      await daemon.stop();
      await sim.stop();
    },
  };
}

/** The same alert as ever, firing or from now on resolved. */
function alertThat(is: 'fires' | 'has ended'): PostableAlert {
  return {
    labels: { alertname: NAME, severity: 'critical' },
    annotations: { description: `description of ${NAME}` },
    startsAt: STARTS_AT,
    ...(is === 'fires' ? {} : { endsAt: new Date().toISOString() }),
  };
}

async function wordsTold({ sim }: Scene): Promise<readonly string[]> {
  return toldIn(await sim.messages('ops')).map(({ status }) => status);
}

async function webhooksTaken({ daemon }: Scene): Promise<number> {
  const [, count = '0'] =
    /^notifierd_webhooks_total\{code="200"\} (\d+)$/m.exec(await scrape(daemon.url)) ?? [];
  return Number(count);
}

test('an alert fires, ends and fires again from the same start: both tell each time, and people hear it once', async (t) => {
  const scene = await startScene();
  t.after(async () => await scene.close());
  const words: string[] = [];
  for (const is of ['fires', 'has ended', 'fires', 'has ended', 'fires'] as const) {
    await scene.pair.postAlerts([alertThat(is)]);
    words.push(is === 'fires' ? 'firing' : 'resolved');
    await eventually(
      `${words.join(', ')}: both have told, and people know`,
      async () => {
        assert.deepEqual(await wordsTold(scene), words);
        return (await webhooksTaken(scene)) >= 2 * words.length;
      },
      PATIENCE,
    );
  }
  assert.deepEqual(await wordsTold(scene), words);
});
