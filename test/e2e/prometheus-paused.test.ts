/**
 * An alert that ends because Prometheus is silent, and goes on as it was: with the real Prometheus and Alertmanager. Prometheus gives each
 * alert an end, four sendings from now (https://github.com/prometheus/prometheus/blob/main/rules/alerting.go). A Prometheus that stands
 * still for longer lets its alerts end; when it goes on, they fire from the start that they had.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { type SimProcess, startSimProcess } from '../support/sim-process.ts';
import { toldIn } from '../support/told.ts';

const ALERT = 'Paused';
/** Prometheus's silence, Alertmanager's group_interval and the way to people, on a machine with much else to do. */
const PATIENCE = { withinMs: 40_000 };

let sim: SimProcess;
let daemon: Daemon;
let alertmanager: Alertmanager;
let prometheus: Prometheus;

before(async () => {
  sim = await startSimProcess({ robots: ['name=ops,token=paused-token,secret=SEC-paused'] });
  daemon = await startDaemon({
    config: {
      sinks: {
        ops: {
          plugin: 'dingtalk',
          endpoint: sim.url,
          access_token: 'paused-token',
          secret: 'SEC-paused',
        },
      },
    },
  });
  alertmanager = await startAlertmanager({ webhookUrl: `${daemon.url}/`, groupInterval: '1s' });
  prometheus = await startPrometheus({
    alertmanagerUrl: alertmanager.url,
    resendDelay: '1s',
    rules: [
      {
        alert: ALERT,
        // Needs no scrape: one that fails would give the alert a new start.
        expr: 'vector(1)',
        labels: { severity: 'critical' },
        annotations: { description: `description of ${ALERT}` },
      },
    ],
  });
});

after(async () => {
  // What is stopped cannot end.
  if (prometheus !== undefined) process.kill(prometheus.pid, 'SIGCONT');
  await prometheus?.stop();
  await alertmanager?.stop();
  await daemon?.stop();
  await sim?.stop();
});

test('Prometheus is paused until its alert has ended, and goes on: people hear that it fires again', async (t) => {
  const first = await eventually('it fires, and people know', async () => await firingAndTold(), PATIENCE);
  process.kill(prometheus.pid, 'SIGSTOP');
  await eventually('it has ended, and people know', async () => await endedAndTold(), PATIENCE);
  process.kill(prometheus.pid, 'SIGCONT');
  const again = await eventually('it fires again, and people know', firingAndTold, PATIENCE);

  // Otherwise this was another case.
  assert.equal(again, first, 'it fires from the start that it had');
  const words = await wordsTold();
  t.diagnostic(`told: ${words.join(', ')}`);
  assert.deepEqual(
    words.filter((word, index) => word === words[index - 1]),
    [],
    'nothing is told twice',
  );
});

/** The start of the alert, if it fires by Alertmanager's word and by the last that people heard. */
async function firingAndTold(): Promise<string | undefined> {
  const start = await startInAlertmanager();
  return (await wordsTold()).at(-1) === 'firing' ? start : undefined;
}

async function endedAndTold(): Promise<boolean> {
  const word = (await wordsTold()).at(-1);
  return (await startInAlertmanager()) === undefined && word !== undefined && word !== 'firing';
}

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml: it answers with alerts that fire. */
async function startInAlertmanager(): Promise<string | undefined> {
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`);
  const alerts = (await answer.json()) as readonly { readonly startsAt: string }[]; // as the API's description has it
  return alerts[0]?.startsAt;
}

/** What people were told of it, one word after the other. */
async function wordsTold(): Promise<readonly string[]> {
  return toldIn(await sim.messages('ops'))
    .filter(({ name }) => name === ALERT)
    .map(({ status }) => status);
}
