/** Two real Alertmanagers that post to different replicas: whoever of them tells notifierd, and however often, people are told once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PostableAlert } from '../support/alertmanager.ts';
import { eventually } from '../support/eventually.ts';
import { type AlertmanagerPair, startAlertmanagerPair } from '../support/replicas/alertmanager-pair.ts';
import { shownOnce } from '../support/replicas/alerts.ts';
import { sharesBecome } from '../support/replicas/holders.ts';
import { judgeBooks } from '../support/replicas/judgement.ts';
import type { Replica } from '../support/replicas/replica.ts';
import { LEASE_MS, type Stage, startStage } from '../support/replicas/stage.ts';
import { scrape } from '../support/storm/metrics.ts';

const ROBOTS = 3;
/** group_wait, the second Alertmanager's wait for the first, and time to deliver. */
const TOLD_WITHIN_MS = 15_000;

/** Alerts named after a prefix, a group each, two for each robot. */
function alertsOf(prefix: string, over?: { readonly endsAt: string }): readonly PostableAlert[] {
  return Array.from({ length: 2 * ROBOTS }, (_, index) => ({
    labels: { alertname: `${prefix}${index}`, robot: `r${index % ROBOTS}`, severity: 'warning' },
    annotations: { description: `description of ${prefix}${index}` },
    startsAt: STARTED_AT,
    ...over,
  }));
}

const WEBHOOKS = 'notifierd_webhooks_total';
const STARTED_AT = new Date(Date.now() - 60_000).toISOString();

function namesIn(alerts: readonly PostableAlert[]): readonly string[] {
  return alerts.map(({ labels }) => labels.alertname ?? '');
}

/** A counter of one replica, all its series together. */
async function counted({ url }: Replica, name: string): Promise<number> {
  const lines = [...(await scrape(url)).matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
  return lines.reduce((sum, [, value]) => sum + Number(value), 0);
}

async function startBoth(
  clustered: boolean,
): Promise<{ readonly stage: Stage; readonly pair: AlertmanagerPair }> {
  const stage = await startStage({ robots: ROBOTS });
  try {
    await sharesBecome(stage.replicas, [1, 1, 1]);
    const [first, second] = stage.replicas.map(({ url }) => `${url}/`);
    const pair = await startAlertmanagerPair({ webhookUrls: [first ?? '', second ?? ''], clustered });
    return { stage, pair };
  } catch (error) {
    await stage.close();
    throw error;
  }
}

test('a cluster tells two replicas, and when one of either dies people are still told once', async (t) => {
  const { stage, pair } = await startBoth(true);
  t.after(async () => {
    await pair.stop();
    await stage.close();
  });
  const before = alertsOf('before');
  await pair.postAlerts(before);
  await shownOnce(stage, namesIn(before), TOLD_WITHIN_MS);
  // They have agreed between themselves on who is the first.
  const calls = await Promise.all(stage.replicas.map((replica) => counted(replica, WEBHOOKS)));
  const first = (calls[0] ?? 0) > (calls[1] ?? 0) ? 0 : 1;
  const told = stage.replicas[first];
  assert.ok(told);

  // It has told its replica, which may not have sent yet; both end before they can tell anybody else.
  const meanwhile = alertsOf('meanwhile');
  await pair.postAlerts(meanwhile);
  await eventually(
    'the first has told its replica',
    async () => (await counted(told, WEBHOOKS)) > (calls[first] ?? 0),
    { everyMs: 5 },
  );
  await Promise.all([pair.kill9(first), told.kill9()]);
  await shownOnce(stage, namesIn([...before, ...meanwhile]), LEASE_MS + TOLD_WITHIN_MS);

  const after = alertsOf('after');
  await pair.postAlerts(after);
  await shownOnce(stage, namesIn([...before, ...meanwhile, ...after]), TOLD_WITHIN_MS);
  await pair.postAlerts(alertsOf('meanwhile', { endsAt: new Date().toISOString() }));
  const all = [...before, ...meanwhile, ...meanwhile, ...after];
  await shownOnce(stage, namesIn(all), TOLD_WITHIN_MS);
  await stage.drained(10_000);
  await judgeBooks(stage);
  t.diagnostic(`calls of the two when all was well: ${calls.slice(0, 2).join(', ')}`);
});

test('two that do not know of each other tell everything twice, and people are told once', async (t) => {
  const { stage, pair } = await startBoth(false);
  t.after(async () => {
    await pair.stop();
    await stage.close();
  });
  const [first, second] = stage.replicas;
  assert.ok(first && second);
  const firing = alertsOf('twin');
  const isTold = async (replica: Replica, times: number) =>
    (await counted(replica, WEBHOOKS)) >= times * firing.length;
  const bothTell = async (times: number) =>
    await eventually(
      'both have told everything',
      async () => (await isTold(first, times)) && (await isTold(second, times)),
    );
  await pair.postAlerts(firing);
  await bothTell(1);
  await shownOnce(stage, namesIn(firing), TOLD_WITHIN_MS);
  await pair.postAlerts(alertsOf('twin', { endsAt: new Date().toISOString() }));
  await bothTell(2);
  await shownOnce(stage, namesIn([...firing, ...firing]), TOLD_WITHIN_MS);
  await stage.drained(10_000);
  await shownOnce(stage, namesIn([...firing, ...firing]), TOLD_WITHIN_MS);

  for (const replica of [first, second])
    assert.match(await scrape(replica.url), /^notifierd_webhooks_total\{code="200"\} 12$/m);
  const copies = await Promise.all(
    stage.replicas.map((replica) => counted(replica, 'notifierd_notifications_deduplicated_total')),
  );
  assert.equal(
    copies.reduce((sum, count) => sum + count, 0),
    2 * firing.length,
  );
  t.diagnostic(`copies recognized: ${copies.join(', ')}`);
  await judgeBooks(stage);
});
