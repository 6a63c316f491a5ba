/**
 * A backlog of 100,000 events, as after a night without a way out: `/metrics` still answers, with the right depth. How long it takes
 * and how much memory the daemon holds is told, not asserted: that depends on the machine.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { ownPort } from '../support/own-port.ts';
import { renderWebhook, type StormWebhook, stormWebhooks } from '../support/storm/load.ts';
import { scrape, waitingEvents } from '../support/storm/metrics.ts';
import { postUntilAnswered } from '../support/webhook.ts';

const WEBHOOKS = 200;
const ALERTS_EACH = 500;
const POSTS_AT_ONCE = 4;
const SCRAPES = 9;

test('a sink that cannot be reached leaves 100,000 events waiting, and /metrics counts every one', {
  timeout: 600_000,
}, async (t) => {
  const daemon = await startDaemon({
    config: {
      sinks: {
        // Nobody listens there.
        ops: {
          plugin: 'dingtalk',
          endpoint: `http://127.0.0.1:${await ownPort()}`,
          access_token: 'backlog',
        },
      },
    },
  });
  t.after(async () => assert.deepEqual(await daemon.stop(), { code: 0, signal: null }));
  const webhooks = stormWebhooks({ webhooks: WEBHOOKS, alertsEach: ALERTS_EACH, withinMs: 0 });
  const [few, rest] = [webhooks.slice(0, 2), webhooks.slice(2)];
  await postAll(daemon, few);
  await tell(daemon, few.length * ALERTS_EACH, t);
  await postAll(daemon, rest);
  await tell(daemon, WEBHOOKS * ALERTS_EACH, t);
});

async function postAll(daemon: Daemon, webhooks: readonly StormWebhook[]): Promise<void> {
  const waiting = webhooks.values();
  const post = async (): Promise<void> => {
    // The posters share one iterator: each webhook is taken once.
    for (const webhook of waiting) {
      assert.equal(await postUntilAnswered(`${daemon.url}/`, renderWebhook(webhook, Date.now())), 200);
    }
  };
  await Promise.all(Array.from({ length: POSTS_AT_ONCE }, post));
}

async function tell(daemon: Daemon, events: number, t: TestContext): Promise<void> {
  assert.equal(await waitingEvents(daemon.url), events);
  const took: number[] = [];
  for (let count = 0; count < SCRAPES; count++) {
    const before = performance.now();
    await scrape(daemon.url);
    took.push(performance.now() - before);
  }
  took.sort((a, b) => a - b);
  const [median, slowest] = [took[SCRAPES >> 1], took.at(-1)].map((ms) => (ms ?? 0).toFixed(1));
  t.diagnostic(
    `${events} waiting: a scrape takes ${median} ms (slowest ${slowest} ms), resident memory ${residentMiB(daemon.pid)} MiB`,
  );
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}
